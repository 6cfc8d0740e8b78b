"""The service's health: all probes asked, and what follows from their findings."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, transaction

from egzaminator import __version__
from egzaminator.core.probes import Cost, Finding, Level, Probe, all_probes
from egzaminator.runtime.logs import mask

_logger = logging.getLogger(__name__)
# From good to bad, as Nagios's own plugins order them: what is wrong for certain is worse than what nobody can tell.
_GRAVITY: Final = [Level.OK, Level.UNKNOWN, Level.WARNING, Level.CRITICAL]


@dataclass(frozen=True, slots=True)
class Answer:
    """A probe with its finding."""

    probe: Probe
    finding: Finding
    forbids_pages: bool
    """Whether pages cannot be served because of it."""


@dataclass(frozen=True, slots=True)
class Health:
    """The answers of the probes."""

    answers: Sequence[Answer]

    @property
    def level(self) -> Level:
        """The gravest level of all."""
        return gravest(answer.finding for answer in self.answers)

    @property
    def problems(self) -> list[Answer]:
        """The answers that are not well, the gravest first."""
        found = [answer for answer in self.answers if answer.finding.level is not Level.OK]
        return sorted(found, key=lambda answer: -_GRAVITY.index(answer.finding.level))

    @property
    def is_ready(self) -> bool:
        """Whether pages can be served."""
        return not any(answer.forbids_pages for answer in self.answers)


def ask_probes(*, most: Cost) -> Health:
    """Ask every probe that costs at most so much.

    When the database does not answer, the probes that need it are left out: that answer says it all.
    """
    answers: list[Answer] = []
    is_database_away = False
    for probe in all_probes():
        if probe.cost > most or (probe.needs_database and is_database_away):
            continue
        try:
            finding = _ask(probe)
            forbids_pages = probe.is_essential and finding is not None and finding.level is Level.CRITICAL
        except ProgrammingError:
            finding, forbids_pages = _SCHEMA, True
        except (OperationalError, InterfaceError) as error:
            is_database_away = forbids_pages = _is_away(error)
            finding = _describe_away(error) if is_database_away else _UNTOLD
        except Exception:
            # A fault of one probe must not hide the answers of the others.
            _logger.exception("The probe %s failed", probe.name)
            finding, forbids_pages = _UNTOLD, False
        if finding is not None:
            answers.append(Answer(probe, finding, forbids_pages))
    return Health(answers)


def _ask(probe: Probe) -> Finding | None:
    # A transaction of its own: a statement that fails spoils none of the caller's.
    apart: AbstractContextManager[object] = transaction.atomic() if probe.needs_database else nullcontext()
    with apart:
        return probe.ask()


# SQLSTATE classes and codes: lost connection, shutdown, too many connections.
_GOING: Final = ("08", "57P", "53300")


def _is_away(error: DatabaseError | InterfaceError) -> bool:
    """Return whether no server answered, or one that is going: what a server says of a statement has another code."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate is None or sqlstate.startswith(_GOING)


def _describe_away(error: DatabaseError | InterfaceError) -> Finding:
    reason = mask(" ".join(str(error).split()))
    return Finding(
        f"The database does not answer: {reason}",
        Level.CRITICAL,
        "Start PostgreSQL, or correct DATABASE_URL. The site opens by itself when it answers.",
    )


_SCHEMA: Final = Finding(
    "The database lacks a table or column that the program needs.",
    Level.CRITICAL,
    "Run `egzaminator migrate`, or restore the database from a backup.",
)
_UNTOLD: Final = Finding(
    "This could not be found out.", Level.UNKNOWN, "Look into the log: `journalctl -u 'egzaminator-*'`."
)


def describe_health(health: Health) -> str:
    """Return the answers as lines for an administrator: the sum first, then each probe, with the cure of a problem."""
    problems, count = len(health.problems), len(health.answers)
    total = f"{problems} of {count} need attention" if problems else f"all {count} checks are well"
    heading = f"Egzaminator {__version__}: {health.level.name}, {total}"
    return "\n".join([heading, describe_findings({answer.probe.name: answer.finding for answer in health.answers})])


def describe_findings(findings: Mapping[str, Finding]) -> str:
    """Return a line for each finding, by its name, with the cure of a problem below it."""
    lines = []
    width = max(map(len, findings), default=0)
    for name, finding in findings.items():
        lines.append(f"{finding.level.name:8}  {name:{width}}  {finding.words}")
        if finding.cure:
            lines.append(f"{'':8}  {'':{width}}  → {finding.cure}")
    return "\n".join(lines)


def gravest(findings: Iterable[Finding]) -> Level:
    """Return the gravest level of findings."""
    return max((finding.level for finding in findings), key=_GRAVITY.index, default=Level.OK)
