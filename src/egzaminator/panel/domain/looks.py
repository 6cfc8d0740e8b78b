"""The record of staff who see what is held about a person."""

import uuid
from collections.abc import Mapping

from django.contrib.auth.models import Group

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import StaffText


def record_look(
    *,
    tag: Tag,
    by: Actor,
    subject: uuid.UUID | None,
    details: Mapping[str, str | int | list[str]] | None = None,
    reason: StaffText | str | None = None,
) -> None:
    """Record that a staff member looked, and with which roles: owners are told the role and never the name.

    `tag` is one of `LOOKS`, and `subject` the person looked at, if it is one. `reason` is what the staff
    member typed when they asked for it.
    """
    roles = list(Group.objects.filter(user=by.account_id).order_by("name").values_list("name", flat=True))
    record_event(tag=tag, by=by, subject=subject, details={**(details or {}), "roles": roles}, reason=reason or "")
