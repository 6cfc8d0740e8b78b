"""The counters of rate limits and the state of backoffs."""

from django.db import models


class Counter(models.Model):
    """The number of hits in the current period of a rate limit. The key is an HMAC and does not disclose the owner."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="rate_limits_counter_ends_at")]


class BackoffState(models.Model):
    """The backoff of a secret: when the next attempt is allowed. The key is an HMAC and does not disclose the owner."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()  # attempts that were allowed
    refused = models.PositiveIntegerField()  # attempts rejected since the last allowed one
    open_at = models.DateTimeField(null=True)  # null: immediately
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="rate_limits_backoff_ends_at")]
