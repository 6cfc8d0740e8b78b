"""Mailings, their recipients, and what examiners have chosen about them."""

import datetime
import json
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from egzaminator.core.encrypted_fields import BlindIndexField, EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.mailings.enums import (
    MISSED,
    InvitationWay,
    LeftOut,
    MailingKind,
    MailingState,
    RecipientState,
    Salutation,
)
from egzaminator.register.models import Examiner
from egzaminator.register.terms import Terms
from egzaminator.stored_files.models import StoredFile

SUBJECT_LENGTH = 150
ATTACHMENT_NAME_LENGTH = 100
BODY_PURPOSE = "mailing"
_BODY_LOCATION = "mailings.mailing.body"
_TERMS_LOCATION = "mailings.mailing.terms"


def body_context(mailing_id: uuid.UUID) -> str:
    """Return the location that a mailing's encrypted text is bound to."""
    return context_of(_BODY_LOCATION, mailing_id)


def terms_context(mailing_id: uuid.UUID) -> str:
    """Return the location that the terms of a mailing's recipients are bound to."""
    return context_of(_TERMS_LOCATION, mailing_id)


class Mailing(models.Model):
    """What the board writes to everybody on a list of the register.

    A draft has the terms of a selection, and may be changed. When it is sent or planned, its text stays as it is, and
    `recipients` are whoever matched the terms at that moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=13, choices=MailingKind, default=MailingKind.INFORMATIONAL)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    body_encrypted = EncryptedField(location=_BODY_LOCATION)
    # The same text has the same index: "the same text was sent to 214 of them".
    body_index = BlindIndexField(max_length=32, of="body_encrypted", purpose=BODY_PURPOSE)
    terms_encrypted = EncryptedField(location=_TERMS_LOCATION)
    state = models.CharField(max_length=9, choices=MailingState, default=MailingState.DRAFT)
    author = models.UUIDField()  # the staff account that began it
    sender = models.UUIDField(null=True)  # the one that pressed the button
    version = models.PositiveIntegerField(default=1)  # grows with each change of a draft, so that none is overwritten
    created_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField(null=True)  # not before; None: a draft
    started_at = models.DateTimeField(null=True)  # when its first e-mail could be sent; examiners see it from then on
    ended_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(default=0)  # how many recipients it has
    # How many recipients are in each state, and how many have read it in the service ("read"). Kept by results.py.
    counts = models.JSONField(default=dict)

    class Meta:
        permissions = [
            ("send", "Can write to examiners"),
            ("stop", "Can stop a message to examiners for now"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="mailings_mailing_order"),
            models.Index(
                fields=["starts_at"],
                name="mailings_mailing_open",
                condition=Q(state__in=[MailingState.PLANNED, MailingState.SENDING]),
            ),
            models.Index(fields=["body_index"], name="mailings_mailing_text"),
            models.Index(fields=["ended_at"], name="mailings_mailing_ended", condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MailingState.DRAFT, starts_at__isnull=True, sender__isnull=True)
                | (~Q(state=MailingState.DRAFT) & Q(starts_at__isnull=False, sender__isnull=False)),
                name="mailings_mailing_plan_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MailingState.FINISHED, MailingState.CANCELLED], ended_at__isnull=False)
                | (~Q(state__in=[MailingState.FINISHED, MailingState.CANCELLED]) & Q(ended_at__isnull=True)),
                name="mailings_mailing_end_is_whole",
            ),
        ]

    @property
    def handed_over(self) -> int:
        """How many e-mails the mail server has taken."""
        return int(self.counts.get(RecipientState.HANDED_OVER, 0))

    @property
    def shown_at(self) -> datetime.datetime:
        """The moment that a list shows: when it started or is to start; of a draft, when it was begun."""
        return self.started_at or self.starts_at or self.created_at

    @property
    def is_moving(self) -> bool:
        """Whether it is being sent, or begins any moment: whoever looks at it wants to see how it goes on."""
        is_due = self.starts_at is not None and self.starts_at <= timezone.now()
        return self.state == MailingState.SENDING or (self.state == MailingState.PLANNED and is_due)

    @property
    def waiting(self) -> int:
        """How many e-mails have not left yet."""
        return int(self.counts.get(RecipientState.WAITING, 0))

    @property
    def done(self) -> int:
        """How many recipients wait no longer, whatever became of them."""
        return self.people - self.waiting

    @property
    def missed(self) -> int:
        """How many recipients it has not reached."""
        return sum(self.counts.get(state, 0) for state in MISSED)

    @property
    def body(self) -> str:
        """The text with its marks and fields. Raise `UndecryptableError`."""
        return decrypt(self.body_encrypted, context=body_context(self.id))

    @property
    def terms(self) -> Terms:
        """The filters and search terms that its recipients match. Raise `UndecryptableError`."""
        return Terms(**json.loads(decrypt(self.terms_encrypted, context=terms_context(self.id))))


class Recipient(models.Model):
    """One person whom a mailing is for, however many entries they have.

    The ids grow in the register's order, so that lists of recipients are read in it by the key alone.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    examiner = models.ForeignKey(Examiner, on_delete=models.PROTECT, related_name="mailings")
    state = models.CharField(max_length=11, choices=RecipientState, default=RecipientState.WAITING)
    left_out = models.CharField(max_length=10, choices=LeftOut, blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)  # how often it was sent anew to whoever it had not reached
    # The id that their e-mail has, or will have (letter.py). No foreign key: an e-mail's row has its own period.
    email_id = models.UUIDField(unique=True)
    read_at = models.DateTimeField(null=True)  # when they first read it in "My account"

    class Meta:
        indexes = [models.Index(fields=["mailing", "state", "id"], name="mailings_recipient_state")]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "examiner"], name="mailings_recipient_once"),
            models.CheckConstraint(
                condition=(Q(state=RecipientState.LEFT_OUT) & ~Q(left_out=""))
                | (~Q(state=RecipientState.LEFT_OUT) & Q(left_out="")),
                name="mailings_recipient_reason_is_whole",
            ),
        ]


class Invitation(models.Model):
    """An invitation to make an account, to everybody of a selection who had none when the button was pressed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.UUIDField()  # the staff account that pressed the button
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-made_at", "-id"], name="mailings_invitation_order")]


class Invited(models.Model):
    """One person whom an invitation is for. The ids grow in the register's order."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="invited", db_index=False)
    examiner = models.ForeignKey(Examiner, on_delete=models.PROTECT, related_name="invitations")
    way = models.CharField(max_length=6, choices=InvitationWay)
    # Their e-mail, once it is queued. No foreign key: an e-mail's row has its own period.
    email_id = models.UUIDField(null=True, unique=True)
    # Their e-mail was not queued: they had made an account before its turn came, or could not get it any more.
    is_left_out = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "examiner"], name="mailings_invited_once")]
        indexes = [
            models.Index(
                fields=["id"],
                name="mailings_invited_waiting",
                condition=Q(way=InvitationWay.EMAIL, email_id=None, is_left_out=False),
            ),
        ]


class Attachment(models.Model):
    """A PDF that the recipients of a mailing read with it in "My account". Its e-mails never carry it.

    The file is the mailing's own, and goes with it (`domain/attachments.py`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=ATTACHMENT_NAME_LENGTH)  # as it was sent, but cleaned
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["mailing", "name"], name="mailings_attachment_name")]


class Preference(models.Model):
    """What an examiner has chosen about mailings. No row: nothing yet."""

    examiner = models.OneToOneField(
        Examiner, primary_key=True, on_delete=models.CASCADE, related_name="mailing_preference"
    )
    salutation = models.CharField(max_length=7, choices=Salutation, blank=True)
    informational_off_at = models.DateTimeField(null=True)
