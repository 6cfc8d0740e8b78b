from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "egzaminator.runtime"
    label = "runtime"

    def ready(self) -> None:
        """Register the system checks of the settings."""
        from egzaminator.runtime import checks  # noqa: F401, PLC0415 -- importing it registers them
