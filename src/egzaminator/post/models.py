import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from egzaminator.kernel.encryption import decrypt
from egzaminator.kernel.sealed_fields import EncryptedField, context_of
from egzaminator.post.enums import Cause, Kind, Priority, State, Trouble

_CONTENT_PLACE = "post.message.content"
_TEXT_PLACE = "post.kept-text.text"


def content_context(message_id: uuid.UUID) -> str:
    """Give the place that a message's encrypted content is bound to."""
    return context_of(_CONTENT_PLACE, message_id)


def text_context(message_id: uuid.UUID) -> str:
    """Give the place that a message's kept text is bound to."""
    return context_of(_TEXT_PLACE, message_id)


def all_kinds() -> list[tuple[str, str]]:
    """Give the kinds and their labels. By a function, or every new kind would need a migration that changes nothing."""
    return [(kind.value, str(kind.label)) for kind in Kind]


class Message(models.Model):
    """An e-mail, written down before it is sent. The row is the queue.

    `content` is the e-mail as it goes over the wire, headers and both bodies, made once so that every try sends the
    same; encrypted (it carries one-time links), and erased once the mail server has it or has refused it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=all_kinds)
    # What it belongs to: a claim, an account. No foreign key: mail outlives what it was about.
    about = models.UUIDField(null=True)
    address = models.EmailField(max_length=320)
    addressee = models.CharField(max_length=210, blank=True)
    subject = models.CharField(max_length=200)
    content = EncryptedField(null=True, place=_CONTENT_PLACE)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NOTICE)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    # Whoever sends it holds a lease until then; nobody else touches the row, and no result without the lease counts.
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    # Of the server's last answer. Without a code the server gave none, and the text says what happened instead.
    reply_code = models.PositiveSmallIntegerField(null=True)
    reply_text = models.CharField(max_length=300, blank=True)
    # How that answer was read when it came; it says something about messages that were tried and not accepted.
    cause = models.CharField(max_length=10, choices=Cause, default=Cause.PASSING)
    # Since when it has been tried without the trouble being the board's; patience is counted from there.
    tried_since = models.DateTimeField(null=True)
    # The end of the first of its one-time links to end: from then on it is not sent any more.
    expires_at = models.DateTimeField(null=True)
    # Made of `id`, so it needs no index to be unique: writing indexes is what recording a result costs.
    message_id = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["priority", "due_at"],
                name="post_message_due",
                condition=Q(state__in=[State.QUEUED, State.SENDING, State.DEFERRED]),
            ),
            models.Index(fields=["about", "-created_at"], name="post_message_about"),
            models.Index(fields=["accepted_at"], name="post_message_accepted", condition=Q(accepted_at__isnull=False)),
        ]

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # Django leaves alone what is there
        """Name the state for people. What was given up was refused by nobody."""
        is_given_up = self.state == State.REJECTED and self.cause in {Cause.LAPSED, Cause.PASSING}
        return gettext("not sent") if is_given_up else str(State(self.state).label)


class KeptText(models.Model):
    """What an e-mail to the owner of an account said, less its one-time links, for "My account".

    Apart from the message, whose row every step of the delivery writes anew. Encrypted like the content.
    """

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="kept")
    text_encrypted = EncryptedField(place=_TEXT_PLACE)

    @property
    def text(self) -> str:
        """The decrypted text. Raises UndecryptableError."""
        return decrypt(self.text_encrypted, context=text_context(self.message_id))


class Outage(models.Model):
    """That e-mail does not go out, for a reason that is the board's: one row while it is so, and otherwise none."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    trouble = models.CharField(max_length=10, choices=Trouble)
    reply = models.CharField(max_length=310)  # the server's words, without addresses of e-mail
    began_at = models.DateTimeField(default=timezone.now)
