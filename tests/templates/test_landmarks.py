"""Landmarks of a page differ by name, for people who jump from one to the next (axe: landmark-unique)."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = sorted(Path(settings.PACKAGE_DIR).rglob("*.html"))
_LANDMARK = re.compile(r"""<(?:section|nav|form|div)\b[^>]*?aria-labelledby="(?P<name>[^"{]+)\"""")


def test_no_heading_names_two_landmarks_of_a_template() -> None:
    """A list that is empty in a test's browser shows its table to nobody, so axe cannot find this there."""
    named = {path: _LANDMARK.findall(path.read_text()) for path in TEMPLATES}

    assert sum(map(len, named.values())) >= 39
    assert {path.name for path, names in named.items() if len(names) > len(set(names))} == set()
