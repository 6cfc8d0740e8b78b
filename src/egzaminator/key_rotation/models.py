"""The record of the keys in use."""

from django.db import models
from django.db.models import Q


class IndexKey(models.Model):
    """The fingerprint of the key that all blind indexes were made with. At most one row.

    Without a row, the key is not known yet.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    fingerprint = models.BinaryField(null=True, max_length=32)  # null: the indexes are being rebuilt

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="key_rotation_index_key_is_one")]


class EncryptionKeyProof(models.Model):
    """A value that an encryption key encrypted when its id was first used, so that another key under the id is noticed.

    A plain binary column: rotation must leave it alone.
    """

    key_id = models.CharField(primary_key=True, max_length=32)
    proof = models.BinaryField(max_length=100)
