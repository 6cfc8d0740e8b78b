from typing import Any

from django.core.management.base import BaseCommand

from egzaminator.runtime.schema import unknown_migrations


class Command(BaseCommand):
    """Name what the database has had that this release does not know: releases after it have changed it."""

    help = "List the migrations of the database that this release does not know. Asked when a release is returned to."
    requires_system_checks = []  # a broken setting keeps nobody from going back

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one name a line."""
        for name in unknown_migrations():
            self.stdout.write(name)
