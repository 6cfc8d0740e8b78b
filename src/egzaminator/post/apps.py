from django.apps import AppConfig


class PostConfig(AppConfig):
    """E-mail."""

    name = "egzaminator.post"
    label = "post"

    def ready(self) -> None:
        """Register the system checks."""
        from egzaminator.post import checks  # noqa: F401, PLC0415 -- needs the settings
