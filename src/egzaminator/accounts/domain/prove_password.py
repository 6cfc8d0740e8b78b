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
    """Compare a password outside of the log-in, and record what came of it: nobody tries passwords out in silence.

    Takes the password as typed; the hashes that it may fit; whom it concerns; the tags of the events for a right and a
    wrong one; who is logged in, if anybody; and the client's IP address. Goes outside of every transaction that might
    be rolled back. Raises WrongPasswordError and HashingBusyError.
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
