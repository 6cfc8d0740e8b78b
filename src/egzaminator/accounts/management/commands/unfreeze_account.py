from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from egzaminator.accounts.domain.find_account import find_account
from egzaminator.accounts.domain.known_addresses import known_addresses
from egzaminator.accounts.domain.unfreeze_account import unfreeze_account
from egzaminator.accounts.errors import NotFrozenError, StrangeAddressError


class Command(BaseCommand):
    """Gives a frozen account back to its owner."""

    help = (
        "Unfreeze an account, after speaking with its owner, and e-mail a link to set a new password by (valid 24 "
        "hours). The old password opens nothing any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose account it is, why, and where to."""
        parser.add_argument("whose", help="a registration number of the examiner, or a staff member's e-mail address")
        parser.add_argument("--reason", required=True, help="for the record, without personal data")
        parser.add_argument("--email", default="", help="the mailbox that the owner reads, if not the present one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Unfreeze it. Raises CommandError when there is no such account, or nothing to unfreeze."""
        account = find_account(whose=options["whose"])
        if account is None:
            raise CommandError("There is no such account.")
        try:
            unfreeze_account(account=account, reason=options["reason"], email=options["email"])
        except NotFrozenError:
            raise CommandError("The account is not frozen.") from None
        except StrangeAddressError:
            known = ", ".join(known_addresses(account=account))
            raise CommandError(f"The account never had this address. It had: {known}") from None
        except IntegrityError:
            raise CommandError("Another staff account has this address now.") from None
        self.stdout.write("The account is unfrozen. The link to set a new password by is on its way.")
