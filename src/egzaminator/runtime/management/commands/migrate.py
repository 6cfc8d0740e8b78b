from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand

from egzaminator.runtime.schema import require_later_than_0_1


class Command(DjangoCommand):
    """Django's own, which refuses a database of 0.1: most of its tables have names that later releases use too."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate. Raise `CommandError` if the database was made by 0.1."""
        require_later_than_0_1()
        super().handle(*args, **options)
