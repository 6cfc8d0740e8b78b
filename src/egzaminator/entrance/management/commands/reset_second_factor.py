from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from egzaminator.accounts.domain.reset_second_factor import reset_second_factor
from egzaminator.accounts.errors import NoFactorError
from egzaminator.entrance.domain.credentials import find_credentials


class Command(BaseCommand):
    """Helps somebody who has lost their phone, their passkeys and their recovery codes."""

    help = "Remove the second factor of an account. Asks for the PESEL or work e-mail, which no shell then remembers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the reason."""
        parser.add_argument("reason", help="why, and how you made sure whom you spoke to; no personal data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset it. Raises CommandError where there is no such account or it has no second factor."""
        account = find_credentials(name=input("PESEL, identifier or work e-mail: ").strip()).account
        if account is None:
            raise CommandError("There is no such account.")
        try:
            reset_second_factor(account=account, reason=options["reason"])
        except NoFactorError:
            raise CommandError("The account has no second factor.") from None
        self.stdout.write("The second factor is removed, and the owner is told by e-mail.")
