from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "egzaminator.staff"
    label = "staff"

    def ready(self) -> None:
        """Grant the roles their permissions after `migrate`, when Django has created the permissions of every app."""
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(_grant, sender=last)


def _grant(**signal: Any) -> None:
    from egzaminator.staff.domain.grants import grant_roles  # noqa: PLC0415 -- models are loaded by now

    migrated = signal.get("apps", apps)  # `flush` sends none
    if "staff" in migrated.app_configs:  # not while only other apps are migrated
        grant_roles()
