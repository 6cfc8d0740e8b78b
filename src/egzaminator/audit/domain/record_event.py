import uuid
from collections.abc import Mapping

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event


def record_event(
    *,
    tag: Tag,
    actor: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
    address: str | None = None,
    case_code: str = "",
    details: Mapping[str, str | int | bool | list[str]] | None = None,
) -> Event:
    """Write an event down, in the caller's transaction.

    Takes the tag; who did it (None: nobody who is logged in) and whom it concerns, as the uuid of an examiner, account
    or claim; the client's IP address; a case code where one was given out; details without personal data.
    """
    return Event.objects.create(
        tag=tag, actor=actor, subject=subject, address=address, case_code=case_code, details=dict(details or {})
    )
