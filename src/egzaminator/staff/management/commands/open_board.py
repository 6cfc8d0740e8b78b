from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.cms.models import BoardSettings
from egzaminator.core.fields import EmailAddressField, LineField
from egzaminator.staff.domain.invitations import invite_staff
from egzaminator.staff.roles import Role


class Command(BaseCommand):
    """Give a new board its contact data and its first administrator."""

    help = (
        "Set the board's mailbox and phone, and invite the first administrator: once, while there is no staff. Later "
        "both are changed in the panel, which tells the former mailboxes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the board's data and the administrator's."""
        parser.add_argument("--email", required=True, help="the board's mailbox")
        parser.add_argument("--phone", required=True, help="the board's phone")
        parser.add_argument("--administrator", required=True, help="the administrator's work e-mail address")
        parser.add_argument("--name", required=True, help="the administrator's first name and surname")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do both, or nothing if there is staff. Raise `CommandError` if a value is invalid."""
        try:
            contact = {
                "email": EmailAddressField().clean(options["email"]),
                "phone": BoardSettings._meta.get_field("phone").clean(options["phone"], None),  # noqa: SLF001 -- Django documents it
            }
            administrator = EmailAddressField().clean(options["administrator"])
            name = LineField(max_length=200).clean(options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        with transaction.atomic():
            board = BoardSettings.objects.select_for_update().get(pk=BoardSettings.load().pk)
            if Account.objects.filter(examiner__isnull=True).exists():
                self.stdout.write("There is staff already, who keep the board's data and invite others in the panel.")
                return
            for field, value in contact.items():
                setattr(board, field, value)
            board.save(update_fields=list(contact))
            record_event(tag=Tag.BOARD_CONTACT_CHANGED, details={"fields": sorted(contact)})
            invite_staff(name=name, email=administrator, roles={Role.ADMINISTRATOR})
        self.stdout.write("The board's data are set, and the first administrator is invited by e-mail.")
