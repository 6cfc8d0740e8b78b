from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.runtime.maintenance import begin_maintenance, end_maintenance


class Command(BaseCommand):
    """Close or open the site: `manage.py maintenance on|off`."""

    help = "Close the site with a page that says so (503), or open it again. Nothing needs to be restarted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the argument: `on` or `off`."""
        parser.add_argument("state", choices=["on", "off"])

    def handle(self, *, state: str, **_options: Any) -> None:
        """Close or open the site. Raise `IndexKeyChangedError` if nobody could log in once it is open."""
        if state == "on":
            begin_maintenance()
            self.stdout.write("The site is closed: every page answers 503. Open it with: manage.py maintenance off")
            return
        require_index_key()
        end_maintenance()
        self.stdout.write("The site is open.")
