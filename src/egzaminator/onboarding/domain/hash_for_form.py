import uuid

from egzaminator.accounts.domain.match_password import hash_password
from egzaminator.limits.domain.count_use import count_use
from egzaminator.onboarding.domain.limits import HASHES_OF_SCOPE


def hash_for_form(*, password: str, salt: str, scope_id: uuid.UUID) -> str:
    """Hash the password of a first login's form, with its examiner's salt; count it.

    A hash is dear, and a form's mark is good for ever and in any browser. Raises LimitReachedError, HashingBusyError.
    """
    count_use(limit=HASHES_OF_SCOPE, of=str(scope_id))
    return hash_password(password=password, salt=salt)
