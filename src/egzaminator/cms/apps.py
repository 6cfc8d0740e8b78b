from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "egzaminator.cms"
    label = "cms"

    def ready(self) -> None:
        """Connect the cache-invalidating signals."""
        from egzaminator.cms.signals import connect_signals  # noqa: PLC0415 -- models are not loaded before

        connect_signals()
