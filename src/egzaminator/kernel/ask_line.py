from django.core.management.base import CommandError


def ask_line(question: str) -> str:
    """Ask whoever started a command for a line, and return it trimmed. Raise CommandError when nobody answers."""
    try:
        return input(question).strip()
    except EOFError:
        raise CommandError("Nobody answered. Start it in a terminal, or give the answers by its input.") from None
