"""What the commands about deaths share: they ask for the examiner, show who it is, and ask for confirmation."""

from collections.abc import Callable

from django.core.management.base import CommandError

from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.models import Examiner
from egzaminator.runtime.command_line import ask_line


def ask_whom(*, say: Callable[[str], object], question: str, is_sure: bool) -> Examiner:
    """Ask for the examiner's PESEL or identifier, show the person, ask for confirmation; return the examiner.

    It asks, because a PESEL has no place on a command line. `say` prints a line, and `is_sure` skips the confirmation.
    Raise `CommandError` for an unknown person, and for any answer other than "yes".
    """
    examiner = find_examiner(name=ask_line("PESEL or identifier: "))
    if examiner is None:
        raise CommandError("There is no such examiner in the register.")
    pesel = examiner.pesel
    numbers = examiner.entries.order_by("number_key").values_list("number", flat=True)
    say(examiner.name)
    say(f"PESEL {pesel.masked}" if pesel else f"identifier {examiner.identifier}")
    say(f"registration numbers: {', '.join(numbers) or 'none'}")
    if not is_sure and ask_line(f"{question} (yes/no): ").casefold() != "yes":
        raise CommandError("Nothing was changed.")
    return examiner
