"""What the decisions on an entry make of it: its state and its date."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connection

from egzaminator.register.enums import DecisionKind, EntryState

# The last decision on an entry that stands determines its state; the first of the kind "entry" determines its date. An
# entry without a decision that stands is active: its only one was a strike-off by mistake. Whoever went to another
# board takes along the entries decided until then.
_SETTLE: Final = """
WITH decided AS (
    SELECT entry.id, entry.examiner_id, entry.state AS old_state,
           (array_agg(decision.kind ORDER BY decision.decided_on DESC, decision.id DESC))[1] AS last_kind,
           max(decision.decided_on) AS last_on,
           min(decision.decided_on) FILTER (WHERE decision.kind = %(entry)s) AS entered_on
    FROM register_entry entry
    LEFT JOIN register_decision decision ON decision.entry_id = entry.id AND decision.withdrawn_at IS NULL
    WHERE {which}
    GROUP BY entry.id
), settled AS (
    SELECT decided.*,
           CASE WHEN last_kind = %(strike_off)s THEN %(struck_off)s
                WHEN examiner.transferred_on IS NOT NULL AND last_on > examiner.transferred_on THEN %(active)s
                WHEN examiner.transferred_on IS NOT NULL THEN %(transferred)s
                ELSE %(active)s END AS state
    FROM decided JOIN register_examiner examiner ON examiner.id = decided.examiner_id
), changed AS (
    UPDATE register_entry entry SET state = settled.state, entered_on = settled.entered_on
    FROM settled
    WHERE entry.id = settled.id
      AND (entry.state, entry.entered_on) IS DISTINCT FROM (settled.state, settled.entered_on)
    RETURNING settled.old_state, entry.state
)
SELECT count(*) FILTER (WHERE state = %(struck_off)s AND old_state <> state),
       count(*) FILTER (WHERE state = %(active)s AND old_state <> state)
FROM changed
"""
SETTLE_VALUES: Final[Mapping[str, str]] = {
    "entry": DecisionKind.ENTRY.value,
    "strike_off": DecisionKind.STRIKE_OFF.value,
    "active": EntryState.ACTIVE.value,
    "struck_off": EntryState.STRUCK_OFF.value,
    "transferred": EntryState.TRANSFERRED.value,
}
SETTLE_IMPORTED: Final = _SETTLE.format(
    which="EXISTS (SELECT FROM staged_row row WHERE row.number_key = entry.number_key)"
)
_SETTLE_SOME: Final = _SETTLE.format(which="entry.id = ANY(%(entry_ids)s)")


def settle_entries(*, entry_ids: Iterable[int]) -> None:
    """Bring entries, which the caller has locked, to the state and date that their decisions make of them."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_SOME, {**SETTLE_VALUES, "entry_ids": list(entry_ids)})
