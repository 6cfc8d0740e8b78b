"""The lock of a record that staff act on."""

import uuid

from egzaminator.records.errors import NotPossibleNowError
from egzaminator.register.domain.locks import lock_examiner
from egzaminator.register.models import Examiner


def lock_record(*, examiner_id: uuid.UUID) -> Examiner:
    """Lock an examiner's row in the caller's transaction; return it as it is under the lock.

    Raise `NotPossibleNowError` if it was joined into another or taken back meanwhile: whatever was written there,
    nobody would see.
    """
    examiner = lock_examiner(examiner_id=examiner_id)
    if not examiner.is_in_register:
        raise NotPossibleNowError
    return examiner
