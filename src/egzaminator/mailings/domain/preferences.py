"""What an examiner chooses about mailings: how they are addressed, and whether informational ones come by e-mail."""

import uuid

from django.db import transaction
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mailings.models import Preference
from egzaminator.register.models import Examiner


def preference_of(*, examiner: Examiner) -> Preference:
    """Return what an examiner has chosen, or an unsaved row of what holds without a choice."""
    return Preference.objects.filter(examiner=examiner).first() or Preference(examiner=examiner)


def choose(*, examiner: Examiner, salutation: str, informational: bool, by: Actor) -> bool:
    """Keep how an examiner is addressed, and whether informational mailings come by e-mail. Return whether that is new.

    Each change is an event in the examiner's history.
    """
    subject = by.account_id or examiner.pk
    with transaction.atomic():
        preference, _ = Preference.objects.select_for_update().get_or_create(examiner=examiner)
        is_addressed_anew = preference.salutation != salutation
        if is_addressed_anew:
            preference.salutation = salutation
            preference.save(update_fields=["salutation"])
            record_event(tag=Tag.SALUTATION_CHOSEN, by=by, subject=subject)
        is_turned = turn_informational(examiner_id=examiner.pk, on=informational, by=by, subject=subject)
    return is_addressed_anew or is_turned


def turn_informational(*, examiner_id: uuid.UUID, on: bool, by: Actor, subject: uuid.UUID) -> bool:
    """Turn an examiner's informational e-mails on or off. Return whether that is a change.

    It is recorded about `subject`: their account, or the examiner who has none.
    """
    preference, _ = Preference.objects.get_or_create(examiner_id=examiner_id)
    changed = Preference.objects.filter(pk=preference.pk, informational_off_at__isnull=not on).update(
        informational_off_at=None if on else timezone.now()
    )
    if changed:
        tag = Tag.INFORMATIONAL_TURNED_ON if on else Tag.INFORMATIONAL_TURNED_OFF
        record_event(tag=tag, by=by, subject=subject)
    return bool(changed)
