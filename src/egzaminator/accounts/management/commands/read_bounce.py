"""The command that reads one report of an e-mail that came back."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.mail.domain.reports import MOST_BYTES


class Command(BaseCommand):
    """Read one message of the bounce mailbox from standard input, for a mail server that pipes it here."""

    help = "Read one report of an e-mail that came back from standard input, and say what it was."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read it. Whatever it is, the command ends well, so that the mail server does not send it back in turn."""
        raw = sys.stdin.buffer.read(MOST_BYTES)
        while sys.stdin.buffer.read(MOST_BYTES):  # a mail server takes a pipe that is closed early for a failure
            pass
        self.stdout.write(take_report(raw).value)
