from django.db.models import TextChoices


class Closing(TextChoices):
    """How a claim ended."""

    ACTIVATED = "activated"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    STOPPED = "stopped"
