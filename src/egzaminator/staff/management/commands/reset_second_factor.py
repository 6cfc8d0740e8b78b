from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from egzaminator.accounts.enums import ActKind
from egzaminator.core.fields import typed_reason
from egzaminator.login.domain.candidates import find_candidates
from egzaminator.runtime.command_line import ask_line
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.management.asked import ALONE_HELP, notify_asked, refusals_told


class Command(BaseCommand):
    """Request the removal of a second factor, for an owner who has lost their phone, passkeys and recovery codes."""

    help = (
        "Ask for the removal of an account's second factor: a second person of the staff confirms it in the panel. "
        "Asks for the PESEL or work e-mail, which no shell then remembers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the reason and `--alone`."""
        parser.add_argument(
            "reason",
            type=typed_reason,
            help="why, and how you made sure whom you spoke to; the person may read it",
        )
        parser.add_argument("--alone", action="store_true", help=ALONE_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        """Request the act. Raise `CommandError` if there is no such account or it has no second factor."""
        account = find_candidates(name=ask_line("PESEL, identifier or work e-mail: ")).account
        if account is None:
            raise CommandError("There is no such account.")
        with refusals_told():
            act = ask(
                kind=ActKind.RESET_SECOND_FACTOR, account=account, reason=options["reason"], is_alone=options["alone"]
            )
        notify_asked(act=act, say=self.stdout.write)
