from django.core.management.base import CommandError


def ask_line(question: str) -> str:
    """Ask the person who started a command for a line and return it trimmed.

    Raise `CommandError` if the input has ended.
    """
    try:
        return input(question).strip()
    except EOFError:
        raise CommandError("Nobody answered. Start it in a terminal, or give the answers by its input.") from None
