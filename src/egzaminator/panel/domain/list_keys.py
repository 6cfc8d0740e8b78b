"""The list keys of the register, made anew for whomever triggers have noted as changed, and their surnames compared."""

import uuid
from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from egzaminator.accounts.domain.reviews import compare_surnames
from egzaminator.register.models import ListKeyDue, Standing

AT_ONCE: Final = 500
_MANY: Final = 2000
# The id of the advisory lock: an arbitrary number that no other advisory lock of the project has.
_LOCK: Final = 0x4C49_5354

# An open claim is one that was not closed: the worker closes those that are too old.
_IS_HELD: Final = "EXISTS (SELECT FROM mail_emailhold hold WHERE hold.email = lower({}.email))"
_OPEN_CLAIM: Final = (
    "SELECT FROM onboarding_claim claim WHERE claim.examiner_id = examiner.id AND claim.closed_at IS NULL"
)
_STANDING: Final = f"""
CASE
    WHEN account.id IS NOT NULL THEN account.state
        || CASE WHEN {_IS_HELD.format("account")} THEN '/held/' ELSE '/confirmed/' END
        || COALESCE(profile.voivodeship, '')
    WHEN EXISTS ({_OPEN_CLAIM} AND NOT {_IS_HELD.format("claim")}) THEN 'waiting/unconfirmed/'
    WHEN EXISTS ({_OPEN_CLAIM}) THEN 'waiting/held/'
    WHEN examiner.email = '' THEN 'none/none/'
    WHEN {_IS_HELD.format("examiner")} THEN 'none/held/'
    ELSE 'none/unconfirmed/'
END
"""
_PEOPLE: Final = f"""
SELECT examiner.id, examiner.sort_key, {_STANDING} AS standing
FROM register_examiner examiner
LEFT JOIN accounts_account account ON account.examiner_id = examiner.id
LEFT JOIN accounts_profile profile ON profile.account_id = account.id
WHERE examiner.id = ANY(%(ids)s) AND examiner.joined_into_id IS NULL
  AND examiner.taken_back_at IS NULL
"""  # noqa: S608 -- built from constants only
_TAKE: Final = """
DELETE FROM register_listkeydue WHERE id IN (SELECT id FROM register_listkeydue ORDER BY id LIMIT %s)
RETURNING examiner_id
"""
_REMOVE: Final = "DELETE FROM register_listkey WHERE examiner_id = ANY(%(ids)s)"
_ADD: Final = f"""
WITH person AS ({_PEOPLE}), entry AS (
    SELECT entry.examiner_id, entry.state, entry.scope_id, scope.exam_kind
    FROM register_entry entry JOIN register_scope scope ON scope.id = entry.scope_id
    WHERE entry.examiner_id = ANY(%(ids)s)
), facet AS (
    SELECT person.id, '' AS facet, COALESCE(entry.state, '') AS entry_state
    FROM person LEFT JOIN entry ON entry.examiner_id = person.id
    UNION SELECT examiner_id, 'kind:' || exam_kind, state FROM entry
    UNION SELECT examiner_id, 'scope:' || scope_id, state FROM entry
)
INSERT INTO register_listkey (examiner_id, facet, entry_state, standing, sort_key)
SELECT id, facet, entry_state, standing, sort_key FROM facet JOIN person USING (id)
"""  # noqa: S608 -- built from constants only


def refresh_list_keys(*, most: int = AT_ONCE) -> int:
    """Make the list keys of the examiners that changed first, `most` changes at once. Return how many it took.

    One process at a time does it, and the others go on without waiting: 0 then, as if there were nothing to do.
    """
    if not ListKeyDue.objects.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # The next statements see whatever was committed before this one, so no change is lost between them.
        cursor.execute(_TAKE, [most])
        due = [examiner_id for (examiner_id,) in cursor.fetchall()]
        ids = {"ids": sorted(set(due))}
        cursor.execute(_REMOVE, ids)
        cursor.execute(_ADD, ids)
        compare_surnames(examiner_ids=ids["ids"])
    return len(due)


def refresh_all_list_keys() -> None:
    """Make the list keys of everybody who changed, in transactions that end soon."""
    while refresh_list_keys(most=_MANY):
        pass


def standings_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Return the standing of each examiner as it is now, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"ids": list(ids)})
        return {examiner_id: Standing.of(key) for examiner_id, _, key in cursor.fetchall()}
