"""docs/security.md cites no test, file or requirement that does not exist."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
CITED_TESTS = sorted(set(re.findall(r"`(tests/[\w/.-]*)(?:::(\w+))?`", DOCUMENT)))
SOURCES = ROOT / "src" / "egzaminator"


@pytest.mark.parametrize(("path", "name"), CITED_TESTS)
def test_every_cited_test_exists(path: str, name: str) -> None:
    file = ROOT / path
    assert file.exists()
    if name:
        found = {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}
        assert name in found


def test_every_cited_file_exists() -> None:
    folders = "|".join(sorted(folder.name for folder in SOURCES.iterdir() if folder.is_dir()))
    cited = set(re.findall(rf"`((?:{folders})/[\w/.-]+|settings\.py|urls\.py)`", DOCUMENT))
    cited_elsewhere = set(re.findall(r"`((?:deploy|docs|requirements|benchmarks)/[\w/.-]*)`", DOCUMENT))
    linked = set(re.findall(r"\]\(([\w/.-]+)(?:#[\w-]+)?\)", DOCUMENT))
    missing = {path for path in cited if not (SOURCES / path).exists()}
    missing |= {path for path in cited_elsewhere if not (ROOT / path).exists()}
    missing |= {path for path in linked if not (ROOT / "docs" / path).exists()}
    assert (len(cited) > 0, missing) == (True, set())


def test_every_requirement_stands_once() -> None:
    ids = re.findall(r"^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \|", DOCUMENT, re.MULTILINE)
    counts = Counter(one for row in ids for one in row.split(", "))
    assert [one for one, count in counts.items() if count > 1] == []
    assert len(counts) > 150
