"""The model of log-in: requests for a new password."""

import uuid

from django.db import models
from django.utils import timezone

from egzaminator.core.encrypted_fields import EncryptedField, context_of
from egzaminator.core.encryption import decrypt

_NAME_LOCATION = "login.reset-request.name"


def name_context(request_id: uuid.UUID) -> str:
    """Return the location that a request's encrypted login name is bound to."""
    return context_of(_NAME_LOCATION, request_id)


class ResetRequest(models.Model):
    """A request for a new password.

    Every request makes a row of the same form, whether or not the name is known; the worker finds out whose it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_encrypted = EncryptedField(location=_NAME_LOCATION)
    language = models.CharField(max_length=5)
    ip = models.GenericIPAddressField()
    is_over_limit = models.BooleanField(default=False)  # stored like all others; the worker deletes it
    created_at = models.DateTimeField(default=timezone.now)

    @property
    def name(self) -> str:
        """The login name as typed. Raise `UndecryptableError`."""
        return decrypt(self.name_encrypted, context=name_context(self.id))
