from typing import Final

from django.db import connection

from egzaminator.limits.domain.guess import Guess, GuessLimits, guess_keys
from egzaminator.limits.models import Counter, Turn

# The counter stays, at one: the person is no longer new to the client.
_FORGIVE: Final = f"""
WITH forgiven AS (UPDATE {Counter._meta.db_table} SET count = 1 WHERE key = %(long)s)
DELETE FROM {Turn._meta.db_table} WHERE key = %(turn)s
"""  # noqa: S608, SLF001 -- the tables' names are the models' own; every value is a parameter


def forgive_guesses(*, limits: GuessLimits, guess: Guess) -> None:
    """Reset the backoff and the longer counter after a successful attempt."""
    keys = guess_keys(limits=limits, guess=guess)
    with connection.cursor() as cursor:
        cursor.execute(_FORGIVE, {"long": keys.long, "turn": keys.turn})
