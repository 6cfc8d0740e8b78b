from django.db import models


class Counter(models.Model):
    """How often something was done in the running period. The key is an HMAC: it does not tell whose counter it is."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="limits_counter_ends_at")]
