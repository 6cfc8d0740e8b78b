import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from egzaminator.core.encrypted_fields import EncryptedField, context_of
from egzaminator.core.encryption import decrypt
from egzaminator.mail.enums import BounceKind, BounceTrouble, Cause, DeliveryState, Priority, Trouble

_CONTENT_LOCATION = "mail.email.content"
_TEXT_LOCATION = "mail.sent-copy.text"


def content_context(row_id: uuid.UUID) -> str:
    """Return the location that an e-mail's encrypted content is bound to."""
    return context_of(_CONTENT_LOCATION, row_id)


def text_context(row_id: uuid.UUID) -> str:
    """Return the location that an e-mail's encrypted sent copy is bound to."""
    return context_of(_TEXT_LOCATION, row_id)


class Email(models.Model):
    """An e-mail, stored before it is sent. The row is the queue.

    `content` is the e-mail as it is sent over the wire: headers and both bodies. It is made once, so that every try
    sends the same. It is encrypted, because it carries one-time links, and erased once the mail server has accepted it
    or the e-mail is rejected. Those of mailings have none: whoever sends one makes it (`settings.MAIL_CONTENT_SOURCE`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)  # an `EmailKind`, see catalogue.py, or `MAILING`
    # The claim or account that it belongs to. No foreign key: an e-mail outlives what it was about.
    related_id = models.UUIDField(null=True)
    email = models.EmailField(max_length=320)
    recipient_name = models.CharField(max_length=210, blank=True)
    subject = models.CharField(max_length=200)
    content = EncryptedField(null=True, location=_CONTENT_LOCATION)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NOTICE)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it is to be tried next; of a rejected one, when that was.
    due_at = models.DateTimeField(default=timezone.now)
    # Whoever sends it holds a lease until then. Nobody else touches the row meanwhile, and a result without the lease
    # is ignored.
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    # The server's last reply. Without a code there was none, and the text says what happened instead.
    reply_code = models.PositiveSmallIntegerField(null=True)
    reply_text = models.CharField(max_length=300, blank=True)
    # How that reply was classified when it came. Meaningful only for an e-mail that was tried and not accepted.
    cause = models.CharField(max_length=10, choices=Cause, default=Cause.PASSING)
    # Since when it has failed for a reason that is not the board's; the two days of retries count from here.
    tried_since = models.DateTimeField(null=True)
    # When the first of its one-time links expires: from then on it is not sent any more.
    expires_at = models.DateTimeField(null=True)
    # The digests of its one-time links, which end when it comes back.
    link_digests = ArrayField(models.BinaryField(max_length=32), default=list)
    # Made from `id`, so it needs no index to be unique: most of the cost of recording a result is writing indexes.
    message_id = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["priority", "due_at"],
                name="mail_email_due",
                condition=Q(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED]),
            ),
            models.Index(fields=["related_id", "-created_at"], name="mail_email_related"),
            models.Index(fields=["accepted_at"], name="mail_email_accepted", condition=Q(accepted_at__isnull=False)),
            models.Index(fields=["due_at"], name="mail_email_rejected", condition=Q(state=DeliveryState.REJECTED)),
            models.Index(fields=["created_at"], name="mail_email_held", condition=Q(state=DeliveryState.HELD)),
        ]

    @property
    def known_bounce(self) -> "Bounce | None":
        """What a report said of the e-mail, or None."""
        return None if self._state.adding else getattr(self, "bounce", None)

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # Django leaves alone what is there
        """Return the state's label for people.

        An e-mail that was given up is called "not sent" instead of refused: nobody refused it. One that was handed over
        and came back is called that.
        """
        if self.known_bounce is not None:
            return str(BounceKind(self.known_bounce.kind).label)
        is_given_up = self.state == DeliveryState.REJECTED and self.cause in {Cause.LAPSED, Cause.PASSING}
        return gettext("not sent") if is_given_up else str(DeliveryState(self.state).label)


class SentCopy(models.Model):
    """The sent copy of an e-mail to an account's owner, without its one-time links, for "My account".

    Only the kinds that say so in mail/catalogue.py keep one. A row of its own, because every step of the delivery
    rewrites the e-mail's row. Encrypted like the content.
    """

    email = models.OneToOneField(Email, primary_key=True, on_delete=models.CASCADE, related_name="sent_copy")
    text_encrypted = EncryptedField(location=_TEXT_LOCATION)

    @property
    def text(self) -> str:
        """The decrypted text. Raise `UndecryptableError`."""
        return decrypt(self.text_encrypted, context=text_context(self.email_id))


class BulkPace(models.Model):
    """How many bulk e-mails have been tried in the present minute, if `MAIL_RATE` limits them. One row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    began_at = models.DateTimeField(default=timezone.now)
    taken = models.PositiveIntegerField(default=0)


class Outage(models.Model):
    """E-mail does not go out, for a reason that is the board's. One row as long as that lasts, otherwise none."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    trouble = models.CharField(max_length=10, choices=Trouble)
    reply = models.CharField(max_length=310)  # the server's words, without e-mail addresses
    began_at = models.DateTimeField(default=timezone.now)


class Bounce(models.Model):
    """What a report said of an e-mail that the mail server had accepted: it came back, or is delayed.

    A row of its own, because few e-mails come back. Deleted with the e-mail. The report itself is not kept here.
    """

    message = models.OneToOneField(Email, primary_key=True, on_delete=models.CASCADE, related_name="bounce")
    email = models.CharField(max_length=320)  # the e-mail's address, in lower case
    kind = models.CharField(max_length=10, choices=BounceKind)
    # The recipient's mail server's words, as in `Email`.
    reply_code = models.PositiveSmallIntegerField(null=True)
    reply_text = models.CharField(max_length=300, blank=True)
    cause = models.CharField(max_length=10, choices=Cause)
    reported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="mail_bounce_email"),
            models.Index(fields=["reported_at"], name="mail_bounce_reported"),
        ]


class EmailHold(models.Model):
    """A hold on an e-mail address: e-mails come back from it, so mailings leave it out.

    What an account's owner needs for its security is still sent there, and the mailbox keeps every right it has. It
    ends when somebody uses a link that was mailed there since.
    """

    email = models.CharField(max_length=320, unique=True)  # in lower case
    # Why: the bounce of this e-mail, as long as that is kept.
    bounce = models.ForeignKey(Bounce, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["since", "id"], name="mail_hold_since")]


class BounceAlarm(models.Model):
    """E-mails that come back are not noticed. One row for each trouble as long as it lasts, otherwise none."""

    trouble = models.CharField(primary_key=True, max_length=12, choices=BounceTrouble)
    reply = models.CharField(max_length=310)  # the server's words, without e-mail addresses
    began_at = models.DateTimeField(default=timezone.now)


class BounceMailbox(models.Model):
    """What the worker last found in the mailbox that e-mails come back to. One row, once it was read."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    read_at = models.DateTimeField()
    not_understood = models.PositiveIntegerField()  # how many messages wait there for a person
