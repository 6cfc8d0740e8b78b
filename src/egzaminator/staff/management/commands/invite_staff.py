"""The command that invites a member of the board's staff."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from egzaminator.accounts.errors import StaffExistsError
from egzaminator.core.fields import EmailAddressField, LineField
from egzaminator.staff.domain.invitations import invite_staff
from egzaminator.staff.roles import Role


class Command(BaseCommand):
    """Make an account for a member of the board's staff."""

    help = "Make a staff account and e-mail a link to set its password by (valid 24 hours)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the e-mail address, the name and the roles."""
        parser.add_argument("email", help="the work e-mail address, which they log in with")
        parser.add_argument("name", help="first name and surname")
        parser.add_argument(
            "--role",
            action="append",
            required=True,
            dest="roles",
            choices=Role.values,
            help="what they may do; may be given several times. The first account: administrator",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite the staff member.

        Raise `CommandError` if the e-mail address or name is invalid, or the account exists.
        """
        try:
            email = EmailAddressField().clean(options["email"])
            name = LineField(max_length=200).clean(options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        try:
            invite_staff(name=name, email=email, roles={Role(role) for role in options["roles"]})
        except StaffExistsError:
            raise CommandError("There is a staff account with this address already.") from None
        self.stdout.write("The account is made. The link to set its password by is on its way.")
