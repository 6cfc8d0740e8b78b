"""Expected failures of the use cases of records; views turn them into words."""

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from egzaminator.register.models import Examiner


class Change(NamedTuple):
    """A value that changed between two looks at it, by the name under which it was shown."""

    name: str
    shown: str
    now: str


class ChangedMeanwhileError(Exception):
    """Somebody else changed what the form was about. Carries what changed, and everything as it is now."""

    def __init__(self, changes: Sequence[Change], now: Mapping[str, str]) -> None:
        super().__init__([change.name for change in changes])
        self.changes = changes
        self.now = now


class NothingChangedError(Exception):
    """The new values are those that the register has already."""


class TakenError(Exception):
    """Another record has this PESEL, identifier or registration number. Carries that record."""

    def __init__(self, holder: Examiner) -> None:
        super().__init__(holder.id)
        self.holder = holder


class TooEarlyError(Exception):
    """A decision is dated before what it must come after. Carries that day."""

    def __init__(self, after: datetime.date) -> None:
        super().__init__(after)
        self.after = after


class DecisionExistsError(Exception):
    """The entry already has a decision of this kind with this reference."""


class NotPossibleNowError(Exception):
    """The state of the record or the entry does not permit this."""


class ImportUnderWayError(Exception):
    """A register file is being read in. What it matches people by must not change meanwhile."""


class SamePersonError(Exception):
    """A record cannot be joined into itself."""


class TwoAccountsError(Exception):
    """Both records have an account."""


class DifferentEndsError(Exception):
    """Only one of two records says that the examiner died or went to another board."""
