from django.db import models


class Counter(models.Model):
    """How often something was done in the running period. The key is an HMAC: it does not tell whose counter it is."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="limits_counter_ends_at")]


class Turn(models.Model):
    """When the next guess at a secret may be made. The key is an HMAC: it does not tell whose secret it is."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()  # of guesses that were let through
    refused = models.PositiveIntegerField()  # guesses since the last that was
    open_at = models.DateTimeField(null=True)  # null: at once
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="limits_turn_ends_at")]
