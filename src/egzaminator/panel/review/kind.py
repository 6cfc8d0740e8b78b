"""What a kind of waiting matters is made of. Each is declared in a `*_kinds.py`, and listed in `registry.py`."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.register.models import Examiner

Row = TypeVar("Row", bound=Model)

VIEW_EXAMINER: Final = "register.view_examiner"
WHOLE_PERSON: Final = "accounts.view_profile"


@dataclass(frozen=True, slots=True)
class Line:
    """What an item says: a label and a value. `old` is what stood there before; None: nothing did."""

    label: str | Promise
    new: str
    old: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A matter that waits, as the list shows it."""

    pk: Any
    title: str
    url: str = ""
    """Where it is looked at; "" if there is no such page, or not for this staff member."""
    since: datetime.datetime | None = None
    lines: Sequence[Line] = ()
    seen: str = ""
    """What a staff member who accepts it has seen; the use case compares it with what there is then."""
    examiner_ids: Sequence[uuid.UUID] = ()
    """The examiners whom it names."""
    move_url: str = ""
    """Where what the examiner stated is moved to the register; "" if that is not offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(Generic[Row]):
    """What the button of an item does: somebody has seen it, and it waits no longer."""

    permission: str
    parameter: str
    """The parameter of the button's URL that names the row: "uuid:account_id"."""
    accept: Callable[[Row, str, Actor], None]
    """Call the use case with a row, what the page showed of it (`Item.seen`), and who accepts it.

    It raises `ReviewedAlreadyError` or `ReviewOutdatedError`.
    """
    examiner: Callable[[Row], Examiner | None]
    """Return whose record it is about, because nobody deals with their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewKind(Generic[Row]):
    """A kind of matters that wait."""

    slug: str
    """Its name in URLs."""
    label: Promise
    permission: str
    """Who sees it, beside the permission of the whole screen."""
    rows: Callable[[], QuerySet[Row]]
    """Return everything that may be of this kind, whether it waits or not."""
    waiting: Callable[[Account | None], Sequence[QuerySet[Row]]]
    """Return what waits and a staff member may see (None: anybody), in parts that follow each other in its order.

    Each part reads an index that holds nothing else. No parts: the kind is off.
    """
    order: str
    """The column that the rows are ordered by; then by their key."""
    items: Callable[[Sequence[Row], Account], list[Item]]
    """Return what the list shows of some rows to a staff member, in a number of queries that does not grow."""
    hint: Promise | None = None
    """What has to be done about it, in a sentence."""
    acceptance: Acceptance[Row] | None = None
    """None: it goes away by what is done on its own page."""

    @property
    def accept_name(self) -> str:
        """The name of the URL of its button."""
        return f"accept-{self.slug}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits of each kind, by its slug."""

    by_kind: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How much waits in all."""
        return sum(self.by_kind.values())
