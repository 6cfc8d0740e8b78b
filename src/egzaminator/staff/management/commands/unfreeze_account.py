from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from egzaminator.accounts.domain.accounts import find_account
from egzaminator.accounts.domain.mailboxes import known_emails
from egzaminator.accounts.errors import (
    NotFrozenError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.core.fields import typed_reason
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.management.asked import ALONE_HELP, notify_asked, refusals_told


class Command(BaseCommand):
    """Give a frozen account back to its owner, or request the second person's consent."""

    help = (
        "Unfreeze an account, after speaking with its owner, and e-mail a link to set a new password by (valid 24 "
        "hours). The old password opens nothing any more. Where the account has a second factor, or the mailbox is not "
        "known for 30 days, this only asks: a second person of the staff confirms it in the panel."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the account, the reason, the mailbox and `--alone`."""
        parser.add_argument("whose", help="a registration number of the examiner, or a staff member's e-mail address")
        parser.add_argument("--reason", required=True, type=typed_reason, help="why; the person may read it")
        parser.add_argument("--email", default="", help="the mailbox that the owner reads, if not the present one")
        parser.add_argument("--alone", action="store_true", help=ALONE_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        """Unfreeze the account, or request it. Raise `CommandError` if there is no such account or it is not frozen."""
        account = find_account(whose=options["whose"])
        if account is None:
            raise CommandError("There is no such account.")
        try:
            self._give_back(account, **options)
        except NotFrozenError:
            raise CommandError("The account is not frozen.") from None
        except UnknownMailboxError:
            known = ", ".join(known_emails(account=account))
            raise CommandError(f"The account never had this address. It had: {known}") from None
        except IntegrityError:
            raise CommandError("Another staff account has this address now.") from None

    def _give_back(self, account: Account, *, reason: str, email: str, alone: bool, **_options: Any) -> None:
        with refusals_told():
            act = give_back(account=account, reason=reason, email=email, is_alone=alone)
        if act is None:
            self.stdout.write("The account is unfrozen. The link to set a new password by is on its way.")
        else:
            notify_asked(act=act, say=self.stdout.write)
