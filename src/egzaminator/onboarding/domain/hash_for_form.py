import uuid

from egzaminator.accounts.domain.match_password import hash_password
from egzaminator.limits.domain.count_use import count_use
from egzaminator.onboarding.domain.limits import HASHES_OF_SCOPE


def hash_for_form(*, password: str, salt: str, scope_id: uuid.UUID) -> str:
    """Return the hash of a password typed into a first login's form, with the examiner's salt; count it.

    A hash is expensive, and a form's mark never expires and works in any browser. So the hashes of one claim grant are
    rate-limited. Raise `LimitReachedError` or `HashingBusyError`.
    """
    count_use(limit=HASHES_OF_SCOPE, of=str(scope_id))
    return hash_password(password=password, salt=salt)
