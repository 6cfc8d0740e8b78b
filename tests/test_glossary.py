"""docs/glossary.md and the code use the same words: its names exist, and no retired name comes back."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from django.conf import settings

from tests.helpers.names import names_in

SOURCES = Path(settings.PACKAGE_DIR)
GLOSSARY, _, RETIRED = (settings.ROOT_DIR / "docs" / "glossary.md").read_text().partition("\n## Retired words\n")
_CODE = re.compile(r"`([^`]+)`")
_NAME = re.compile(r"(?<![\w-])[^\W\d]\w*")  # and not a part of `data-name`


def rows_of(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables in a text, without the rows that head them."""
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("| ") and not following.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def python_files() -> list[Path]:
    return sorted(path for path in SOURCES.rglob("*.py") if path.parent.name != "migrations")


def prose_names(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the names in backticks in a file's docstrings and comments."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for code in _CODE.findall(ast.get_docstring(node) or ""):
                yield from ((name, getattr(node, "lineno", 1)) for name in _NAME.findall(code))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            for code in _CODE.findall(token.string):
                yield from ((name, token.start[0]) for name in _NAME.findall(code))


def retired_names() -> list[tuple[str, tuple[str, ...]]]:
    """Return each retired name, as a pattern, with the folders or files where it is retired; "" stands for all."""
    return [
        (name, tuple(_CODE.findall(places)) or ("",))
        for old, places, _new in rows_of(RETIRED)
        for name in _CODE.findall(old)
    ]


def test_no_retired_name_comes_back() -> None:
    retired = retired_names()
    found = set()
    for path in python_files():
        place = path.relative_to(SOURCES).as_posix()
        here = [name for name, places in retired if place.startswith(places)]
        for name, line in {*names_in(path), *prose_names(path)}:
            found |= {f"{place}:{line} {name}" for pattern in here if fnmatchcase(name, pattern)}
    assert sorted(found) == []
    assert len(retired) > 100


def test_retired_names_are_retired_where_something_stands() -> None:
    places = {place for _name, places in retired_names() for place in places}

    assert [place for place in sorted(places) if not (SOURCES / place).exists()] == []


def test_every_name_in_the_code_column_exists() -> None:
    known = {name for path in SOURCES.rglob("*.py") for name, _line in names_in(path)}
    known |= {path.name for path in SOURCES.rglob("*") if path.is_dir()}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                known |= set(re.findall(r"\w+", node.value))
    names = {name for row in rows_of(GLOSSARY) for code in _CODE.findall(row[2]) for name in _NAME.findall(code)}

    assert sorted(names - known) == []
    assert len(names) > 150
