"""Our catalogue for Wagtail: whatever an editor meets is in Polish, and nothing stands in it without a reason."""

import re
from pathlib import Path

import polib
import pytest
import wagtail
from django.conf import settings as project
from django.test import Client
from django.utils import translation

from tests.helpers.factories import make_staff

WAGTAIL = Path(wagtail.__file__).parent
OURS = project.PACKAGE_DIR / "locale" / "wagtail" / "pl" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|</?\w+")
# Apps whose screens are closed here, or that are not installed.
CLOSED_APPS = {"forms", "search_promotions", "simple_translation", "styleguide", "table_block", "locales", "sites"}
CLOSED_APPS |= {"snippets"}
# Where else in Wagtail's sources strings stand that no editor meets: workflows, bulk actions, translations of pages,
# permissions of groups, imports and the counts of Wagtail's first screen are not used.
CLOSED = re.compile(
    r"workflow(?!\.html)|workflows/|bulk_actions|site_summary|wagtailusers/groups|locks\.py|models/sites\.py"
    r"|redirects/.*views\.py"
)
OF_WORKFLOWS = re.compile(
    r"moderation|[Ww]orkflow|translation_(?:descendant_)?count|translations?_to_move|its translations|task_name"
)


def entries(file: str, language: str) -> list[tuple[str, polib.POEntry]]:
    """Return Wagtail's entries in a language, each with the path of the app whose catalogue holds it."""
    found = []
    for path in sorted(WAGTAIL.rglob(f"locale/{language}/LC_MESSAGES/{file}")):
        app = path.parents[3]
        if app.name not in CLOSED_APPS:
            found += [(str(app.relative_to(WAGTAIL)), entry) for entry in polib.pofile(str(path))]
    return found


def is_met(app: str, entry: polib.POEntry) -> bool:
    """Return whether an editor can meet a message of Wagtail's."""
    if OF_WORKFLOWS.search(f"{entry.msgid} {entry.msgid_plural}"):
        return False
    return not all(CLOSED.search(f"{app}/{source}") for source, _ in entry.occurrences)


@pytest.fixture(params=["django.po", "djangojs.po"])
def file(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_wagtail_leaves_in_english_is_translated(file: str) -> None:
    english = entries(file, "en")
    polish = {entry.msgid for _, entry in entries(file, "pl") if entry.translated()}
    ours = {entry.msgid for entry in polib.pofile(str(OURS / file)) if entry.translated()}
    assert len(english) > 80
    assert {entry.msgid for app, entry in english if is_met(app, entry)} - polish - ours == set()


def test_holds_only_what_wagtail_says_and_a_reason_where_wagtail_has_polish(file: str) -> None:
    english = {entry.msgid: entry for _, entry in entries(file, "en")}
    polish = {entry.msgid for _, entry in entries(file, "pl") if entry.translated()}
    ours = polib.pofile(str(OURS / file))
    assert [entry.msgid for entry in ours if entry.msgid not in english] == []
    assert [entry.msgid for entry in ours if bool(entry.tcomment) is not (entry.msgid in polish)] == []
    assert (ours.untranslated_entries(), ours.fuzzy_entries(), ours.obsolete_entries()) == ([], [], [])
    for entry in ours:
        for said in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            wanted = set(PLACEHOLDER.findall(f"{entry.msgid} {entry.msgid_plural}"))
            assert set(PLACEHOLDER.findall(said)) <= wanted, entry.msgid


@pytest.mark.django_db
def test_the_words_are_used_by_server_and_scripts(client: Client) -> None:
    with translation.override("pl"):
        assert translation.gettext("Schedule to publish") == "Zaplanuj publikację"
        assert translation.gettext("Review this version") == "Obejrzyj tę wersję"  # ours, and not Wagtail's
        assert (
            translation.ngettext("Referenced %(count)s time", "Referenced %(count)s times", 5) == "Użyto %(count)s razy"
        )
    client.force_login(make_staff())
    catalogue = client.get("/panel/strony/jsi18n/").content.decode()
    assert r"Zapisuj\u0119\u2026" in catalogue
