from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from egzaminator.mail.domain.held_back import discard_held_back, release_held_back
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email


class Command(BaseCommand):
    """List, release or discard the e-mails that are held back since a restore."""

    help = "List the e-mails that a restore of the database holds back, send them, or give them up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what is to be done with them; without it they are counted."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--release", action="store_true", help="send them: some may arrive a second time")
        what.add_argument("--discard", action="store_true", help="never send them")

    def handle(self, *, release: bool, discard: bool, **_options: Any) -> None:
        """Say how many there are of each kind, or what was done with them."""
        if release:
            self.stdout.write(f"E-mails that are in the queue again: {release_held_back()}")
            return
        if discard:
            self.stdout.write(f"E-mails that were given up: {discard_held_back()}")
            return
        held = Email.objects.filter(state=DeliveryState.HELD)
        queued = held.values_list("kind", "created_at")
        kinds = Counter(f"{kind}, queued {timezone.localdate(at)}" for kind, at in queued)
        self.stdout.write(f"E-mails that are held back: {kinds.total()}")
        for kind, count in sorted(kinds.items()):
            self.stdout.write(f"  {count} × {kind}")
