import uuid
from collections.abc import Sequence

from egzaminator.accounts.domain.match_password import match_password
from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag


def prove_password(
    *,
    password: str,
    hashes: Sequence[str],
    subject: uuid.UUID | None,
    accepted: Tag,
    refused: Tag,
    actor: uuid.UUID | None = None,
    address: str | None = None,
) -> None:
    """Compare a password apart from the log-in, and record the outcome, so that nobody tries passwords unseen.

    `password` is as typed, and `hashes` are those that it may fit. `subject` is the person concerned; `accepted` and
    `refused` are the tags of the events for a right and a wrong password; `actor` is the logged-in account, if any. The
    event carries the client's IP address. Call this outside of any transaction that might be rolled back. Raise
    `WrongPasswordError`, or `HashingBusyError` on overload.
    """
    is_right = match_password(password=password, hashes=hashes) is not None
    record_event(
        tag=accepted if is_right else refused,
        actor=actor,
        subject=subject,
        address=address,
        details={"by": "password"},
    )
    if not is_right:
        raise WrongPasswordError
