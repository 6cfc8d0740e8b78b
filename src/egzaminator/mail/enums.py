from enum import StrEnum
from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

# The kind of e-mails whose words the board's staff write (mailings/). All others are in catalogue.py.
MAILING: Final = "mailing"


class Priority(IntegerChoices):
    """Order of delivery: a lower value goes first."""

    ACCESS = 0  # somebody waits for it in front of the screen
    NOTICE = 10
    BULK = 20


class DeliveryState(TextChoices):
    """Delivery state of an e-mail; "accepted" and "rejected" are final."""

    QUEUED = "queued", _("waits to be sent")
    SENDING = "sending", _("is being sent")
    ACCEPTED = "accepted", _("handed to the mail server")
    DEFERRED = "deferred", _("will be tried again")
    REJECTED = "rejected", _("refused")
    HELD = "held", _("is held back since the database was restored")  # a person decides (held_back.py)


class Cause(TextChoices):
    """Why the mail server has not accepted an e-mail."""

    PASSING = "passing"  # temporary: it asks us to come later, or did not reply
    ADDRESS = "address"  # it does not accept this or any e-mail for this address
    CONTENT = "content"  # it does not accept this e-mail for anybody
    BOARD = "board"  # it does not accept it from us: the board has to act
    LAPSED = "lapsed"  # a link in it expired first

    @property
    def is_final(self) -> bool:
        """Whether another try would be of no use."""
        return self in {Cause.ADDRESS, Cause.CONTENT, Cause.LAPSED}


class Trouble(TextChoices):
    """Why the board's mail server does not serve the board, by what an administrator has to look at."""

    CONNECTION = "connection", _("it cannot be reached, or lets nobody in: host and port of EMAIL_URL")
    ENCRYPTION = "encryption", _("no safe connection: the scheme of EMAIL_URL, and the server's certificate")
    LOGIN = "login", _("it does not accept our log-in: user and password of EMAIL_URL")
    SENDER = "sender", _("it refuses the sender: may the user of EMAIL_URL send from the domain of PUBLIC_BASE_URL?")
    POLICY = "policy", _("it refuses to pass e-mails on, for what it knows of us: relay rules, SPF, DKIM, block lists")


class BounceKind(TextChoices):
    """What a report says of an e-mail that was handed over. The graver replaces the milder, never the reverse."""

    DELAYED = "delayed", _("is delayed")  # the server still tries
    TEMPORARY = "temporary", _("came back")  # given up for a reason that may pass
    OTHER = "other", _("came back")  # for a reason that is not the address's: a policy, the content, the board
    PERMANENT = "permanent", _("came back")  # nothing will be accepted at the address

    @property
    def gravity(self) -> int:
        """The place in the order of gravity."""
        return list(BounceKind).index(self)

    @property
    def has_come_back(self) -> bool:
        """Whether the e-mail did not reach anybody."""
        return self is not BounceKind.DELAYED


class BounceTrouble(TextChoices):
    """Why e-mails that come back are not noticed, by what an administrator has to look at."""

    RETURN_PATH = (
        "return-path",
        _("the mail server does not accept the return paths of our e-mails, and got the fixed one: RETURN_PATH"),
    )
    MAILBOX = "mailbox", _("the mailbox that e-mails come back to cannot be read: BOUNCE_MAILBOX_URL")


class ReportOutcome(StrEnum):
    """What a message in the bounce mailbox turned out to be."""

    BOUNCED = "bounced"  # it is recorded that an e-mail of ours came back
    DELAYED = "delayed"  # it is recorded that an e-mail of ours is delayed
    KNOWN = "known"  # it says nothing new
    AUTOMATIC = "automatic"  # an answer of a mail program, a receipt, a loop: nothing to record
    FORGED = "forged"  # its token is not ours, or it speaks of another address: nothing changes
    NOT_UNDERSTOOD = "not-understood"  # a person has to look at it
