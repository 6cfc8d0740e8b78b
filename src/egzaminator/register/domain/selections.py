"""Selections: what a list shows, kept under a random id, for all that is done with everybody on it."""

import json
import uuid
from dataclasses import asdict

from django.db.models import Q, QuerySet
from django.utils import timezone

from egzaminator.audit.retention_rules import SELECTIONS
from egzaminator.core.encryption import UndecryptableError, encrypt
from egzaminator.register.domain.listing import matching
from egzaminator.register.models import Examiner, Selection, terms_context
from egzaminator.register.terms import Terms


def examiners_of(selection: Selection) -> QuerySet[Examiner]:
    """Return the query for all examiners of a selection, in the register's order.

    Lists keep up with the register within a minute. Whatever must not miss the latest change calls
    `panel.domain.list_keys.refresh_list_keys` first. Raise `UndecryptableError`.
    """
    return matching(terms=selection.terms)


def count_of(selection: Selection) -> int:
    """Return how many examiners a selection has. It counts each of them. Raise `UndecryptableError`."""
    return examiners_of(selection).count()


def select(*, terms: Terms, maker: uuid.UUID) -> Selection:
    """Return the selection of a staff member with these terms: the one that they have already, or a new one.

    One that they have already is kept for another day.
    """
    for selection in Selection.objects.filter(maker=maker, name=""):
        # None is updated if the hourly job has just deleted it.
        if _has(selection, terms) and Selection.objects.filter(pk=selection.pk).update(created_at=timezone.now()):
            return selection
    selection_id = uuid.uuid4()
    text = json.dumps(asdict(terms), ensure_ascii=False)
    return Selection.objects.create(
        id=selection_id, maker=maker, terms_encrypted=encrypt(text, context=terms_context(selection_id))
    )


def _has(selection: Selection, terms: Terms) -> bool:
    try:
        return selection.terms == terms
    except UndecryptableError:
        return False


def find_selection(*, selection_id: uuid.UUID, reader: uuid.UUID) -> Selection | None:
    """Return a selection that a staff member made or that has a name, or None."""
    return Selection.objects.filter(Q(maker=reader) | ~Q(name=""), pk=selection_id).first()


def list_named() -> QuerySet[Selection]:
    """Return the query for the selections that have names, by name."""
    return Selection.objects.exclude(name="").order_by("name", "created_at")


def rename(*, selection: Selection, name: str) -> None:
    """Give a selection a name. From now on everybody who may list examiners sees it, and it is kept.

    One that was deleted meanwhile stays deleted.
    """
    Selection.objects.filter(pk=selection.pk).update(name=name)


def delete_unnamed() -> int:
    """Delete the selections without a name that are older than a day, and return how many."""
    count, _ = Selection.objects.filter(name="", created_at__lte=SELECTIONS.before).delete()
    return count
