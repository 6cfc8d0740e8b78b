"""The command that freezes an account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from egzaminator.accounts.domain.accounts import find_account
from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.errors import FrozenAlreadyError
from egzaminator.core.fields import typed_reason


class Command(BaseCommand):
    """Freeze an account that a stranger may control."""

    help = "Freeze an account: end its sessions and let nobody in until it is unfrozen (unfreeze_account)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the account and the reason."""
        parser.add_argument("whose", help="a registration number of the examiner, or a staff member's e-mail address")
        parser.add_argument("--reason", required=True, type=typed_reason, help="why; the person may read it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Freeze the account. Raise `CommandError` if there is no such account, or it is already frozen."""
        account = find_account(whose=options["whose"])
        if account is None:
            raise CommandError("There is no such account.")
        try:
            freeze_by_staff(account=account, reason=options["reason"])
        except FrozenAlreadyError:
            raise CommandError("The account is frozen already.") from None
        self.stdout.write("The account is frozen, and its sessions are ended.")
