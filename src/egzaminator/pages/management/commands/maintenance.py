from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from egzaminator.kernel.maintenance import begin_maintenance, end_maintenance
from egzaminator.keys.domain.require_index_key import require_index_key


class Command(BaseCommand):
    """`manage.py maintenance on|off`."""

    help = "Close the site with a page that says so (503), or open it again. Nothing needs to be restarted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("state", choices=["on", "off"])

    def handle(self, *, state: str, **_options: Any) -> None:
        """Close or open. Raises IndexKeyChangedError when nobody could log in to the opened site."""
        if state == "on":
            begin_maintenance()
            self.stdout.write("The site is closed: every page answers 503. Open it with: manage.py maintenance off")
            return
        require_index_key()
        end_maintenance()
        self.stdout.write("The site is open.")
