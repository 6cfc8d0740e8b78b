from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """What the board writes to many examiners at once."""

    name = "egzaminator.mailings"
    label = "mailings"
