from enum import Enum, auto

from django.db.models import TextChoices


class Closing(TextChoices):
    """How a claim ended."""

    ACTIVATED = "activated"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    STOPPED = "stopped"


class Occasion(Enum):
    """Why an activation e-mail is sent."""

    NEW_ADDRESS = auto()  # the form was saved, or its address corrected
    ASKED_FOR = auto()  # its owner asked for another
    FORGOTTEN_PASSWORD = auto()  # somebody gave the examiner's PESEL for a forgotten password
