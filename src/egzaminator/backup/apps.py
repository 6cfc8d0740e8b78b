from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Backups of the whole installation, restoring them, and the drill that proves that they can be restored."""

    name = "egzaminator.backup"
    label = "backup"
