"""The names in Python files: what is defined, used or imported."""

import ast
from collections.abc import Iterator
from pathlib import Path


def names_in(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each name in a file with its line, and the name of the file itself. Libraries' names are among them."""
    yield path.stem, 0
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.alias(name=name, asname=None) | ast.alias(asname=str(name)):
                yield name.rpartition(".")[2], node.lineno
            case _:
                pass
