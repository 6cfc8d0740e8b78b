import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from egzaminator.onboarding.domain.mark_deceased import mark_deceased
from egzaminator.register.domain.find_examiner import find_examiner


class Command(BaseCommand):
    """`manage.py mark_deceased YYYY-MM-DD`."""

    help = "Write down that an examiner died. Asks for the PESEL, which has no place on a command line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day."""
        parser.add_argument("day", type=datetime.date.fromisoformat, help="the day they died, as 2026-11-22")

    def handle(self, *, day: datetime.date, **_options: Any) -> None:
        """Ask whom, and mark them. Raises CommandError for a day to come and for an unknown person."""
        if day > timezone.localdate():
            raise CommandError("That day is in the future.")
        examiner = find_examiner(name=input("PESEL or identifier: "))
        if examiner is None:
            raise CommandError("There is no such examiner in the register.")
        mark_deceased(examiner_id=examiner.id, on=day)
        self.stdout.write("Marked. The account, if there was one, is blocked.")
