"""The record of the index key in use."""

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
