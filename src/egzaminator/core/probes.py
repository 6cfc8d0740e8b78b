"""Probes: what the service knows of its own health. Each is declared by the folder that knows it, in its `probes.py`.

`runtime/health.py` asks them; `status`, `/readyz` and `/metrics` show the answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeVar

from django.utils.module_loading import autodiscover_modules


class Level(IntEnum):
    """How grave a finding is, by the exit codes of Nagios plugins."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class Cost(IntEnum):
    """What an answer costs, and so who asks: a dearer probe is asked by fewer."""

    QUICK = 0  # a query or two: /readyz, /metrics, `status`
    SLOW = 1  # /metrics, `status`
    REMOTE = 2  # a connection to a server that is not the board's own machine: `status` alone


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found: in words, for an administrator, without personal data."""

    words: str
    level: Level = Level.OK
    cure: str = ""
    """What to do about it; empty if nothing is wrong."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """The figures that the probe declares, by name, for `/metrics`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question about the service's health, and the function that answers it."""

    name: str
    ask: Callable[[], Finding | None]
    """Return the finding, or None if the question does not arise here."""
    cost: Cost
    is_essential: bool
    """Whether pages cannot be served while its finding is critical."""
    needs_database: bool
    figures: Mapping[str, str]
    """Names of figures ("disk_free_bytes") with what each one is."""


# By name. Filled when modules are imported, and never changed after that.
_declared: Final[dict[str, Probe]] = {}

_Ask = TypeVar("_Ask", bound=Callable[[], Finding | None])


def probe(
    name: str,
    *,
    cost: Cost = Cost.QUICK,
    is_essential: bool = False,
    needs_database: bool = True,
    figures: Mapping[str, str] | None = None,
) -> Callable[[_Ask], _Ask]:
    """Declare the decorated function as a probe."""

    def declare(ask: _Ask) -> _Ask:
        if name in _declared:
            raise ValueError(f"two probes are called {name}")
        _declared[name] = Probe(
            name=name,
            ask=ask,
            cost=cost,
            is_essential=is_essential,
            needs_database=needs_database,
            figures=figures or {},
        )
        return ask

    return declare


def all_probes() -> list[Probe]:
    """Return the probes of all apps: the essential ones first, then by name."""
    autodiscover_modules("probes")
    return sorted(_declared.values(), key=lambda one: (not one.is_essential, one.name))
