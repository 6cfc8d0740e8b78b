"""The editor's screens are in Polish where Wagtail's own catalogue has no translation."""

from pathlib import Path

import polib
import pytest
import wagtail
from django.conf import settings as project
from django.utils import translation

from egzaminator.panel.wagtail_compat.words import UNTRANSLATED

WAGTAIL = Path(wagtail.__file__).parent
CATALOGUES = [path for path in WAGTAIL.rglob("locale/pl/LC_MESSAGES/django.po") if "test" not in path.parts]


@pytest.fixture(scope="module")
def wagtails() -> set[str]:
    assert len(CATALOGUES) > 10
    return {entry.msgid for path in CATALOGUES for entry in polib.pofile(str(path)) if entry.translated()}


@pytest.fixture(scope="module")
def said() -> str:
    """Return every message of Wagtail's sources."""
    sources = [path for kind in ("*.py", "*.html") for path in WAGTAIL.rglob(kind) if "tests" not in path.parts]
    return " ".join(" ".join(path.read_text().replace('"\n', "\n").split()) for path in sources)


@pytest.mark.parametrize("words", UNTRANSLATED)
def test_wagtail_says_it_has_no_polish_for_it_and_we_have(words: str, wagtails: set[str], said: str) -> None:
    assert words in said
    assert words not in wagtails
    ours = polib.pofile(str(project.PACKAGE_DIR / "locale/pl/LC_MESSAGES/django.po"))
    entry = ours.find(words)
    assert entry is not None
    with translation.override("pl"):
        assert translation.gettext(words) == entry.msgstr != words
