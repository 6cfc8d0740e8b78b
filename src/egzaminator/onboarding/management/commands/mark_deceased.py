"""The command that records a death."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from egzaminator.core.fields.day import typed_day
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.onboarding.management.deceased import ask_whom


class Command(BaseCommand):
    """Record a death: `manage.py mark_deceased DAY`."""

    help = (
        "Write down that an examiner died. Asks for the PESEL, which has no place on a command line, shows who it is, "
        "and asks whether it is them. `undo_deceased` takes it back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the day of death, and the switch that skips the confirmation."""
        parser.add_argument("day", type=typed_day, help="the day they died, as 22.11.2026 or 2026-11-22")
        parser.add_argument("--yes", action="store_true", help="do not ask whether it is them: for scripts")

    def handle(self, *, day: datetime.date, yes: bool, **_options: Any) -> None:
        """Ask for the examiner and record the death.

        Raise `CommandError` for a future day, an unknown person, or a refused confirmation.
        """
        if day > timezone.localdate():
            raise CommandError("That day is in the future.")
        examiner = ask_whom(say=self.stdout.write, question=f"Did they die on {day}?", is_sure=yes)
        mark_deceased(examiner_id=examiner.id, on=day)
        self.stdout.write("Marked. The account, if there was one, is closed.")
