from django.apps import AppConfig


class MailConfig(AppConfig):
    """E-mail."""

    name = "egzaminator.mail"
    label = "mail"

    def ready(self) -> None:
        """Register the system checks."""
        from egzaminator.mail import checks  # noqa: F401, PLC0415 -- needs the settings
