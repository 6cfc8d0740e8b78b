"""The list of grounds for a strike-off, which the board keeps itself."""

from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.text import fold
from egzaminator.register.domain.versions import version_of
from egzaminator.register.errors import ChangedMeanwhileError, GroundExistsError
from egzaminator.register.models import StrikeOffGround

# A board has a handful. This bounds the page, whatever happens.
MOST: Final = 200


FIELDS: Final = ("text", "is_retired")


def list_grounds() -> QuerySet[StrikeOffGround]:
    """Return the grounds in the order in which they were added, those that are no longer offered last."""
    return StrikeOffGround.objects.order_by("is_retired", "id")[:MOST]


def add_ground(*, text: str, by: Actor) -> StrikeOffGround:
    """Add a ground. Raise `GroundExistsError` if the list has it already."""
    try:
        with transaction.atomic():
            _require_new(text, own=0)
            ground = StrikeOffGround.objects.create(text=text)
            record_event(tag=Tag.GROUND_ADDED, by=by, details={"text": text})
    except IntegrityError:  # somebody else has just added it
        raise GroundExistsError from None
    return ground


def change_ground(*, ground: StrikeOffGround, seen: str, text: str, is_retired: bool, by: Actor) -> bool:
    """Rename a ground, retire it or offer it again. Decisions keep the text that they were made with.

    `seen` is the version that its editor started from. Return False if nothing changed. Raise `ChangedMeanwhileError`
    if there is another one by now, and `GroundExistsError` if another ground has this text.
    """
    try:
        with transaction.atomic():
            present = StrikeOffGround.objects.select_for_update().get(pk=ground.pk)
            if version_of(present, FIELDS) != seen:
                raise ChangedMeanwhileError
            if (present.text, present.is_retired) == (text, is_retired):
                return False
            _require_new(text, own=present.pk)
            details: dict[str, str | bool] = {"old": present.text, "text": text, "is_retired": is_retired}
            present.text, present.is_retired = text, is_retired
            present.save(update_fields=FIELDS)
            record_event(tag=Tag.GROUND_CHANGED, by=by, details=details)
    except IntegrityError:  # somebody else has just given another ground this text
        raise GroundExistsError from None
    return True


def _require_new(text: str, *, own: int) -> None:
    others = StrikeOffGround.objects.exclude(pk=own).values_list("text", flat=True)
    if fold(text) in {fold(known) for known in others}:
        raise GroundExistsError
