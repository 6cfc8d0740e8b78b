from enum import Enum, auto

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
