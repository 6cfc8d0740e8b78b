"""The rows of an exported register file. Imported again, it changes nothing (docs/register-file.md)."""

import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from egzaminator.core.encryption import decrypt
from egzaminator.register.columns import ADDRESS, Column
from egzaminator.register.enums import DecisionKind
from egzaminator.register.models import Decision, Examiner, address_context, pesel_context

# The words of the format, whatever the language of the screen.
_KINDS: Final = {DecisionKind.ENTRY.value: "wpis", DecisionKind.STRIKE_OFF.value: "skreślenie"}
_ROWS_AT_ONCE: Final = 1000
HEADING: Final = [column.value for column in Column]


def count_register_rows(*, people: QuerySet[Examiner]) -> int:
    """Return how many rows the register file of some examiners has."""
    return _decisions(people).count()


def register_rows(*, people: QuerySet[Examiner]) -> Iterator[tuple[list[list[str]], list[uuid.UUID]]]:
    """Yield the rows of the register file of some examiners, in batches with their examiners, as one moment had them.

    Each is a decision, in the order of `Column`. Those of one entry are in their order, because of two decisions of one
    day the lower one counts. Outside a transaction PostgreSQL keeps the result for the cursor (`WITH HOLD`), so an
    import meanwhile neither waits nor shows up. Raise `UndecryptableError`.
    """
    found = _decisions(people).values_list(
        "entry__examiner_id",
        "entry__examiner__pesel_encrypted",
        "entry__examiner__identifier",
        "entry__examiner__first_names",
        "entry__examiner__surname",
        "entry__examiner__email",
        "entry__examiner__address_encrypted",
        "entry__number",
        "entry__scope__code",
        "kind",
        "reference",
        "decided_on",
    )
    order = ("entry__examiner__sort_key", "entry__examiner_id", "entry_id", "decided_on", "id")
    ordered = found.order_by(*order).iterator(chunk_size=_ROWS_AT_ONCE)
    while rows := list(itertools.islice(ordered, _ROWS_AT_ONCE)):
        yield [_row(row) for row in rows], [row[0] for row in rows]


def _decisions(people: QuerySet[Examiner]) -> QuerySet[Decision]:
    return Decision.objects.filter(entry__examiner__in=people.order_by().values("pk"))


def _row(values: tuple[Any, ...]) -> list[str]:
    examiner_id, pesel, identifier, *name, email, postal_address, number, scope, kind, reference, decided_on = values
    digits = "" if pesel is None else decrypt(pesel, context=pesel_context(examiner_id))
    # A person who has a PESEL now may have kept the identifier; the import takes one of the two.
    named = [digits, "" if digits else identifier]
    parts = (
        json.loads(decrypt(postal_address, context=address_context(examiner_id)))
        if postal_address
        else [""] * len(ADDRESS)
    )
    return [*named, *name, email, *parts, number, scope, _KINDS[kind], reference, decided_on.isoformat()]
