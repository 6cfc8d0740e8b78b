from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "egzaminator.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Register the system checks of the settings."""
        from egzaminator.kernel import checks  # noqa: F401, PLC0415 -- importing it registers them
