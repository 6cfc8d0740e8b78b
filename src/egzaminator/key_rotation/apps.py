from django.apps import AppConfig


class KeyRotationConfig(AppConfig):
    name = "egzaminator.key_rotation"
    label = "key_rotation"

    def ready(self) -> None:
        """Register the system check of the encryption keys."""
        from egzaminator.key_rotation import checks  # noqa: F401, PLC0415 -- needs the models
