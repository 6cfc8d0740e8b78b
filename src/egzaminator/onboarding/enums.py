from enum import Enum, StrEnum, auto

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Closing(TextChoices):
    """How a claim ended."""

    ACTIVATED = "activated", _("the account was activated")
    SUPERSEDED = "superseded", _("another form took its place")
    EXPIRED = "expired", _("not activated in time")
    STOPPED = "stopped", _("stopped from a mailbox that the register knows, or by the board")


class Occasion(Enum):
    """Why an activation e-mail is sent."""

    NEW_ADDRESS = auto()  # the form was saved, or its address corrected
    ASKED_FOR = auto()  # its owner asked for another
    FORGOTTEN_PASSWORD = auto()  # somebody gave the examiner's PESEL for a forgotten password


class FormNow(StrEnum):
    """What a saved form is at the moment when somebody opens a link about it."""

    WAITING = "waiting"
    ACTIVE = "active"  # it became an account, which is active
    BLOCKED = "blocked"  # it became an account, to which nobody can log in
    GONE = "gone"  # it became an account, which was deleted since
    STOPPED = "stopped"
    OVER = "over"  # another was activated, or nobody activated it in time
