from typing import Any

from django.core.management.base import BaseCommand

from egzaminator.cms.domain.load_pages import load_pages


class Command(BaseCommand):
    """Create the default pages, and the permissions of the staff group that edits them."""

    help = "Make the default pages that were never made here. Pages that staff changed or deleted stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the pages and print the URL of each new one."""
        urls = load_pages()
        for url in urls:
            self.stdout.write(url)
        if not urls:
            self.stdout.write("There is nothing new.")
