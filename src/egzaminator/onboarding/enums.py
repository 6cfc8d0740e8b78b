"""The choices of onboarding: how a claim ended, why it is mailed again, what a link's reader is told of it."""

from enum import Enum, StrEnum, auto

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClaimOutcome(TextChoices):
    """How a claim ended."""

    ACTIVATED = "activated", _("the account was activated")
    SUPERSEDED = "superseded", _("another form took its place")
    EXPIRED = "expired", _("not activated in time")
    STOPPED = "stopped", _("stopped from a mailbox that the register knows")
    WITHDRAWN = "withdrawn", _("stopped by the board")


class ResendReason(Enum):
    """Why an activation e-mail is sent."""

    NEW_EMAIL = auto()  # the form was saved, or its address corrected
    ASKED_FOR = auto()  # its owner asked for another e-mail
    FORGOTTEN_PASSWORD = auto()  # somebody, owner or stranger, gave the PESEL on the page for that


class FormNow(StrEnum):
    """State of a saved form at the moment when somebody opens a link about it."""

    WAITING = "waiting"
    ACTIVE = "active"  # it became an account that is active
    BLOCKED = "blocked"  # it became an account that nobody can log in to
    GONE = "gone"  # it became an account that was deleted since
    STOPPED = "stopped"  # from the mailbox that the register knows
    WITHDRAWN = "withdrawn"  # by the board; another form may be filled in
    OVER = "over"  # another form was activated, or nobody activated this one in time
