from typing import Any

from django.core.management.base import BaseCommand

from egzaminator.pages.domain.load_pages import load_pages


class Command(BaseCommand):
    """Makes the default pages, and the group of staff that edit them."""

    help = "Make the default pages that were never made here. Pages that staff changed or deleted stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load them and name each by its address."""
        addresses = load_pages()
        for address in addresses:
            self.stdout.write(address)
        if not addresses:
            self.stdout.write("There is nothing new.")
