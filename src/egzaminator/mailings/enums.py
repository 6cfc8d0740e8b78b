"""The choices of mailings: kinds, states, what became of each recipient, and how somebody is addressed."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MailingKind(TextChoices):
    """Whether an examiner may turn the e-mails off."""

    OFFICIAL = "official", pgettext_lazy("mailing", "official")  # from the board on duty: always by e-mail
    INFORMATIONAL = "informational", pgettext_lazy("mailing", "informational")


class MailingState(TextChoices):
    """How far a mailing is. Only mailings/domain/sending.py and results.py write it."""

    DRAFT = "draft", pgettext_lazy("mailing", "draft")
    PLANNED = "planned", pgettext_lazy("mailing", "planned")  # its text and recipients are pinned
    SENDING = "sending", pgettext_lazy("mailing", "is being sent")
    PAUSED = "paused", pgettext_lazy("mailing", "stopped for now")
    FINISHED = "finished", pgettext_lazy("mailing", "sent")
    CANCELLED = "cancelled", pgettext_lazy("mailing", "cancelled")


class RecipientState(TextChoices):
    """What became of the e-mail to one person."""

    WAITING = "waiting", pgettext_lazy("recipient", "waits")
    HANDED_OVER = "handed-over", pgettext_lazy("recipient", "handed over to the mail server")
    REFUSED = "refused", pgettext_lazy("recipient", "refused")
    CAME_BACK = "came-back", pgettext_lazy("recipient", "came back")
    NO_EMAIL = "no-email", pgettext_lazy("recipient", "no e-mail address")
    LEFT_OUT = "left-out", pgettext_lazy("recipient", "left out")
    CANCELLED = "cancelled", pgettext_lazy("recipient", "cancelled")


# Whom a mailing has not reached.
MISSED: Final = (
    RecipientState.REFUSED,
    RecipientState.CAME_BACK,
    RecipientState.NO_EMAIL,
    RecipientState.LEFT_OUT,
)


class LeftOut(TextChoices):
    """Why a recipient was left out when their e-mail was to be sent."""

    DECEASED = "deceased", _("the register records the death")
    CLOSED = "closed", _("the account is closed")
    ON_HOLD = "on-hold", _("the e-mail address is on hold: e-mails came back from it")
    TURNED_OFF = "turned-off", _("has turned informational e-mails off")


class InvitationWay(TextChoices):
    """How somebody is invited to make an account."""

    EMAIL = "email", pgettext_lazy("invitation", "by e-mail")
    LETTER = "letter", pgettext_lazy("invitation", "by letter")
    NONE = "none", pgettext_lazy("invitation", "neither e-mail nor postal address")


class Salutation(TextChoices):
    """How an examiner wants to be addressed. Without a choice, the PESEL decides."""

    BY_PESEL = "", _("as my PESEL says")
    MADAM = "madam", pgettext_lazy("salutation", "Dear Madam")
    SIR = "sir", pgettext_lazy("salutation", "Dear Sir")
    NEITHER = "neither", pgettext_lazy("salutation", "Dear Sir or Madam")
