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
    """Record an audit event in the caller's transaction and return it.

    `actor` is who did it (None: nobody who is logged in) and `subject` is whom it concerns, each as the UUID of an
    examiner, account or claim. `address` is the client's IP address. `case_code` is set if one was issued.
    `details` must not contain personal data.
    """
    return Event.objects.create(
        tag=tag, actor=actor, subject=subject, address=address, case_code=case_code, details=dict(details or {})
    )
