from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from egzaminator.key_rotation.domain.encryption_key_proofs import encryption_key_problems

# A tag of its own: it asks the database, which those of the settings do not.
_TAG: Final = "keys"


@register(_TAG, deploy=True)
def check_encryption_keys(**_: Any) -> list[CheckMessage]:
    """Reject keys that do not open the stored values. Pass if there are none: no database yet, or no tables."""
    if "DATA_DIR" in settings.DATABASES["default"]:  # a check does not start the embedded server
        return []
    try:
        problems = encryption_key_problems()
    except DatabaseError:
        return []
    return [Error(problem, id="key_rotation.E001") for problem in problems]
