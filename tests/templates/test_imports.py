"""Templates keep the import order of pyproject.toml.

Each uses those of its own folder, of folders that its own may import, and the frame's.

The frame (`src/egzaminator/templates/`) belongs to no folder and uses itself alone. Python files keep the same order in
the templates that they name.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template

SOURCES = Path(settings.PACKAGE_DIR)
_USES = re.compile(r"""{%\s*(?:extends|include)\s+(["'])(?P<name>.+?)\1""")
_COMPUTED = re.compile(r"""{%\s*(?:extends|include)\s+[^"'\s]\S*""")
FRAME = "templates"


def import_order() -> list[str]:
    """Return the folders that import the most first, as the first contract of import-linter has them."""
    project = tomllib.loads((settings.ROOT_DIR / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [layer.removeprefix("egzaminator.") for layer in layers]


def folder_of(path: Path) -> str:
    return path.relative_to(SOURCES).parts[0].removesuffix(".py")


def own_templates() -> dict[str, Path]:
    """Return every template of the project by the name it is used by."""
    paths = [path for path in SOURCES.rglob("templates/**/*") if path.is_file()]
    return {path.as_posix().rpartition("/templates/")[2]: path for path in paths}


def uses() -> Iterator[tuple[Path, str]]:
    """Yield each file with the name of each template that it uses."""
    templates = own_templates()
    for path in templates.values():
        for use in _USES.finditer(path.read_text()):
            yield path, use["name"]
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in templates:
                yield path, node.value


def test_no_template_uses_one_of_a_folder_that_imports_its_own() -> None:
    templates, order = own_templates(), import_order()
    found, upward = 0, set()
    for path, name in uses():
        found += 1
        if name not in templates:
            get_template(name)  # of a library; it would raise if there were none
            continue
        user, used = folder_of(path), folder_of(templates[name])
        if used not in {user, FRAME} and (user == FRAME or order.index(used) < order.index(user)):
            upward.add(f"{path.relative_to(SOURCES)} uses {name}")
    assert upward == set()
    assert found > 220


# Names in variables, and where they are checked instead.
COMPUTED = {
    "panel/imports/import.html": ["{% include template"],  # panel/imports/<state>.html, of the same folder
    "panel/person/page.html": ["{% include section.template"],  # panel/person/<slug>.html, of the same folder
}


def test_every_template_names_those_it_uses() -> None:
    """A name in a variable could not be checked here."""
    pages = own_templates()
    computed = {name: _COMPUTED.findall(path.read_text()) for name, path in pages.items()}

    assert {name: uses for name, uses in computed.items() if uses} == COMPUTED
    assert len(pages) > 140


def test_every_folder_with_templates_is_in_the_order() -> None:
    folders = {folder_of(path) for path in own_templates().values()}

    assert folders - {FRAME} <= set(import_order())
    assert len(folders) >= 9
