"""The command that withdraws the record of a death."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from egzaminator.core.fields import typed_reason
from egzaminator.onboarding.domain.deceased import undo_deceased
from egzaminator.onboarding.errors import NotDeceasedError
from egzaminator.onboarding.management.deceased import ask_whom


class Command(BaseCommand):
    """Withdraw the record of a death: `manage.py undo_deceased --reason WHY`."""

    help = (
        "Take back that an examiner died. Asks for the PESEL, shows who it is, and asks whether it is them. Their "
        "account is frozen then, and is given back like any other (unfreeze_account)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the reason, and the switch that skips the confirmation."""
        parser.add_argument("--reason", required=True, type=typed_reason, help="why; the person may read it")
        parser.add_argument("--yes", action="store_true", help="do not ask whether it is them: for scripts")

    def handle(self, *, reason: str, yes: bool, **_options: Any) -> None:
        """Ask for the examiner and withdraw the record of their death.

        Raise `CommandError` for an unknown person, for one without a recorded death, or for a refused confirmation.
        """
        examiner = ask_whom(say=self.stdout.write, question="Are they alive?", is_sure=yes)
        try:
            undo_deceased(examiner_id=examiner.id, reason=reason)
        except NotDeceasedError:
            raise CommandError("The register does not say that they died.") from None
        self.stdout.write("Taken back. The account, if there is one, is frozen: unfreeze_account gives it back.")
