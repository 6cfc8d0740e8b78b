from django.db import models
from django.db.models import Q


class IndexKey(models.Model):
    """Which key the blind indexes were all made with. One row at most; before there is one, nobody knows yet."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    fingerprint = models.BinaryField(null=True, max_length=32)  # null: they are being made anew

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="keys_index_key_is_one")]
