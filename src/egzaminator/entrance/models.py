import uuid

from django.db import models
from django.utils import timezone


class ResetRequest(models.Model):
    """Somebody asked for a new password. Every request writes the same row; the worker finds out whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_encrypted = models.BinaryField()
    language = models.CharField(max_length=5)
    address = models.GenericIPAddressField()
    created_at = models.DateTimeField(default=timezone.now)
