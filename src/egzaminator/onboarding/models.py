"""The model of onboarding: the claim."""

import datetime
import json
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.core.encrypted_fields import EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.core.text import full_name
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.register.models import Entry, Examiner

CLAIM_LIFETIME = datetime.timedelta(days=30)
_DETAILS_LOCATION = "onboarding.claim.details"


def details_context(claim_id: uuid.UUID) -> str:
    """Return the location that a claim's encrypted details are bound to."""
    return context_of(_DETAILS_LOCATION, claim_id)


class Claim(models.Model):
    """A saved form of a first login. An examiner has no account before one of their claims is activated."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant_id = models.UUIDField(unique=True)  # of the claim grant in the session: one grant makes one claim
    examiner = models.ForeignKey(Examiner, on_delete=models.PROTECT, related_name="claims")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="claims")
    email = models.EmailField()
    password = models.CharField(max_length=128)
    details_encrypted = EncryptedField(location=_DETAILS_LOCATION)
    privacy_notice_version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, default="pl")
    surname_differs = models.BooleanField(default=False)
    # Whether staff have to look at it: its surname differs and it is open, or its owner stopped it. They have not yet.
    needs_review = models.BooleanField(default=False)
    corrections = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=ClaimOutcome, blank=True)
    needs_notice = models.BooleanField(default=True)  # the worker has still to notify the known mailbox

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="onboarding_claim_outcome_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["examiner"], name="onboarding_claim_open", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["id"], name="onboarding_claim_news", condition=Q(needs_notice=True)),
            models.Index(fields=["created_at", "id"], name="onboarding_claim_review", condition=Q(needs_review=True)),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the claim can still become an account."""
        return self.closed_at is None and self.expires_at > timezone.now()

    @property
    def display_name(self) -> str:
        """The name from the form.

        It is not the register's: an e-mail to a mistyped address must not disclose that to a stranger.
        """
        details = self.details
        return full_name(details["first_name"], details["surname"])

    @property
    def details(self) -> dict[str, Any]:
        """The decrypted details, keyed by the field names of `Details`. Raise `UndecryptableError`."""
        details: dict[str, Any] = json.loads(decrypt(self.details_encrypted, context=details_context(self.id)))
        return details
