"""Where a process's state may be kept, and what resets it."""

import ast
import multiprocessing
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from egzaminator.core.process_state import ProcessState, process_state

SRC = Path(__file__).resolve().parents[2] / "src" / "egzaminator"
# Functions that a decorator may cache: what they return depends on their arguments and on files of the package alone.
PURE = {
    "accounts/countries.py": {"_choices", "_names"},
    "accounts/passwords/guessing.py": {"common_passwords"},
    "accounts/passwords/suggest_passphrase.py": {"words"},
    "core/encryption.py": {"_cipher"},
    "mail/domain/render.py": {"_domain_of"},
    "mailings/domain/letter.py": {"_date_header"},
    "register/domain/number_formats.py": {"digit_pattern"},
    "runtime/maintenance.py": {"_file"},
    "web/page_store.py": {"_accepts_gzip"},
}
# State that must survive a reset. The reason stands beside each.
APART = {
    "core/probes.py": {"_declared"},  # filled when modules are imported, which happens once
    "accounts/mfa/secrets.py": {"_owner"},  # set and reset by one `with`, for one thread
    "runtime/postgres/lock.py": {"_open_here"},
    "deployment/contractions.py": {"CONTRACTIONS"},  # a table that no release has a line in yet
}
CACHES = {"cache", "lru_cache"}
MUTABLE = {
    *("dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter"),
    *("WeakKeyDictionary", "WeakValueDictionary", "local", "ContextVar"),
    *("Lock", "RLock", "Event", "Semaphore", "BoundedSemaphore", "ThreadPoolExecutor"),
}
MUTATORS = {
    *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"),
}


class Counter:
    def __init__(self) -> None:
        self.number = 0


class Slow:
    def __init__(self) -> None:
        MADE.append(self)
        BARRIER.wait(10)


MADE: list[Slow] = []
BARRIER = threading.Barrier(4)


def test_each_class_has_one_object_until_the_reset() -> None:
    state = ProcessState()
    first = state.get(Counter)
    first.number = 5
    assert state.get(Counter) is first
    state.reset()
    assert state.get(Counter).number == 0


def test_threads_that_ask_at_once_get_the_same_object() -> None:
    state = ProcessState()
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(lambda _: state.get(Slow), range(4)))
    assert len(MADE) == 4
    assert len(set(got)) == 1


def test_a_child_starts_its_own() -> None:
    process_state.get(Counter).number = 5
    child = multiprocessing.get_context("fork").Process(target=lambda: sys.exit(process_state.get(Counter).number))
    child.start()
    child.join(30)
    assert (child.exitcode, process_state.get(Counter).number) == (0, 5)


def name_of(node: ast.expr) -> str:
    """Return the last name of a call's or a decorator's function, without its arguments."""
    if isinstance(node, ast.Call | ast.Subscript):
        return name_of(node.func if isinstance(node, ast.Call) else node.value)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def globals_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"global {', '.join(node.names)}"


def cached_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and CACHES & {name_of(one) for one in node.decorator_list}:
            yield node.name


def variables_in(tree: ast.Module) -> Iterator[str]:
    """Yield the module's variables whose values can change: what is made to be changed, and what a function changes."""
    values: dict[str, ast.expr | None] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            values |= {name_of(target): node.value for target in node.targets}
        elif isinstance(node, ast.AnnAssign):
            values[name_of(node.target)] = node.value
    changed = {name for function in functions_of(tree) for name in changed_in(function)}
    for name, value in values.items():
        is_empty = isinstance(value, ast.Dict | ast.List) and not ast.unparse(value).strip("{}[]")
        is_made_to_change = isinstance(value, ast.Call) and name_of(value) in MUTABLE
        if value is None or is_empty or is_made_to_change or name in changed:
            yield name


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def changed_in(function: ast.FunctionDef) -> Iterator[str]:
    """Yield what the function changes in place and does not itself assign."""
    own = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    own |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(function):
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id not in own:
            yield changed.id


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SRC.rglob("*.py")):
        if "migrations" not in path.parts and path.name != "settings.py":
            yield path.relative_to(SRC).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_no_module_keeps_state_of_its_own() -> None:
    assert {name: found for name, tree in modules() if (found := set(globals_in(tree)))} == {}
    assert {name: found for name, tree in modules() if (found := set(cached_in(tree)))} == PURE
    assert {name: found for name, tree in modules() if (found := set(variables_in(tree)))} == APART


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("known = None\ndef f():\n  global known", ["global known"]),
        ("@cache\ndef f(): ...", ["f"]),
        ("@functools.lru_cache(maxsize=1)\ndef f(): ...", ["f"]),
        ("known: dict[str, str] = {}", ["known"]),
        ("lock = threading.Lock()", ["lock"]),
        ("known = {1: 2}\ndef f(): known[1] = 3", ["known"]),
        ("known = [1]\ndef f(): known.append(2)", ["known"]),
        ("known = {1: 2}\ndef f():\n  known = {}\n  known[1] = 3", []),
        ("WORDS: Final = ('a', 'b')\ndef f(): return WORDS[0]", []),
    ],
)
def test_the_walk_finds_what_it_looks_for(source: str, found: list[str]) -> None:
    tree = ast.parse(source)
    assert [*globals_in(tree), *cached_in(tree), *variables_in(tree)] == found
