"""What was built on a person after an import wrote their data, and stands in the way of undoing it."""

from typing import Any, Final

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import LOOKS, Tag
from egzaminator.audit.models import Event
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import UndoOutcome
from egzaminator.register.models import Entry, Examiner, FormerValue, Import, ImportedPerson, ListKey

# Whatever else happened to a person since, somebody did it knowing what the import had written. An event of a kind that
# is not here stands in the way, so that a new kind does, too.
_HARMLESS: Final = LOOKS | {
    Tag.FIRST_LOGIN_ACCEPTED,
    Tag.LOGIN_REFUSED,
    Tag.IMPORT_TOOK_BACK,
    Tag.IMPORT_RETURNED,
    Tag.VALUE_UNDECRYPTABLE,
}
# What an import writes itself, and what is named by a reason of its own.
_NAMED: Final = frozenset({Entry, ListKey, Account, Claim, FormerValue, Examiner})


def people_of(one: Import) -> QuerySet[Examiner]:
    """Return the query for the people whose data an import wrote."""
    return Examiner.objects.filter(pk__in=one.people.values("examiner_id"))


def in_the_way(one: Import) -> QuerySet[Any]:
    """Return the query for the people whom an undoing would leave, each with the reason as `obstacle`."""
    return people_of(one).annotate(obstacle=obstacle_to_undoing(one)).exclude(obstacle="")


def left(one: Import) -> QuerySet[Any]:
    """Return the query for the people whom an undoing left as they were, each with the reason as `obstacle`."""
    kept = one.people.filter(undo_outcome__in=UndoOutcome.left())
    why = Subquery(kept.filter(examiner_id=OuterRef("pk")).values("undo_outcome"))
    return Examiner.objects.filter(pk__in=kept.values("examiner_id")).annotate(obstacle=why)


def obstacle_to_undoing(one: Import) -> Case:
    """Return what stands in the way of undoing an applied import for an examiner, as an expression; "" if nothing does.

    It is what came after the import: an older account is no obstacle to giving a name its former spelling. Of a person
    whom the import made, everything came after it, so any row that refers to them stands in the way.
    """
    since, person = one.applied_at, OuterRef("pk")
    events = Event.objects.filter(subject=person, at__gt=since)
    later = ImportedPerson.objects.filter(examiner_id=person, source__applied_at__gt=since)
    reasons = {
        UndoOutcome.ACCOUNT: Q(Exists(Account.objects.filter(examiner=person, created_at__gte=since))),
        UndoOutcome.CLAIM: Q(Exists(Claim.objects.filter(examiner=person, created_at__gte=since))),
        UndoOutcome.JOINED: Q(joined_into__isnull=False) | Q(Exists(events.filter(tag=Tag.EXAMINERS_JOINED))),
        UndoOutcome.NOTE: Q(Exists(events.filter(tag=Tag.NOTE_ADDED))),
        UndoOutcome.CHANGED: Q(Exists(events.exclude(tag__in=_HARMLESS))),
        UndoOutcome.IMPORTED: Q(Exists(later.exclude(undo_outcome__in=UndoOutcome.undone()))),
        UndoOutcome.USED: Q(Exists(_referred_to())) & Q(Exists(one.people.filter(examiner_id=person, is_new=True))),
    }
    return Case(*[When(why, then=Value(reason)) for reason, why in reasons.items()], default=Value(""))


def _referred_to() -> QuerySet[Examiner]:
    """Return the query for an examiner whom a row of a model refers to that is not named above."""
    relations = Examiner._meta.related_objects  # noqa: SLF001 -- documented by Django
    names = [f"{one.name}__isnull" for one in relations if one.related_model not in _NAMED]
    found = Q(*[(name, False) for name in names], _connector=Q.OR) if names else Q(pk__in=[])
    return Examiner.objects.filter(found, pk=OuterRef("pk"))
