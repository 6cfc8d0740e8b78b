from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "egzaminator.runtime"
    label = "runtime"

    def ready(self) -> None:
        """Register the system checks of the settings, and leave out commands that cannot work here."""
        from egzaminator.runtime import checks  # noqa: F401, PLC0415 -- importing it registers them
        from egzaminator.runtime.command_line import remove_useless_commands  # noqa: PLC0415 -- it needs Django

        remove_useless_commands()
