"""How much a worker's memory grows while it makes letters of invitation.

Prints `letters_memory: RATIO`: the process's memory (RSS) after one file of 500 letters, divided by that after all of
20,000.
"""

from pathlib import Path

from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import reporting, size

LETTERS = size(20_000, smoke=20)
_PAGE_KB = 4


def main() -> None:
    """Measure and report the ratio."""
    with reporting() as report, own_database("letters"):
        report.at_least(0.8, "letters_memory", measure())


def measure() -> float:
    """Return the ratio."""
    from egzaminator.core.postal_address import PostalAddress  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mailings.domain.postal_letters import LETTERS_IN_FILE, zipped  # noqa: PLC0415 -- as above
    from egzaminator.register.models import Examiner  # noqa: PLC0415 -- as above
    from tests.helpers.factories import make_examiner  # noqa: PLC0415 -- as above

    home = PostalAddress("Święty Marcin", "4A", "12", "61-806", "Poznań")
    in_file = min(LETTERS_IN_FILE, LETTERS // 2)
    someone: Examiner = make_examiner(postal_address=home)
    batches = ([someone] * in_file for _ in range(LETTERS // in_file))
    after_one = 0
    for content in zipped(batches):
        if content and not after_one:
            after_one = _memory()
    return after_one / _memory()


def _memory() -> int:
    """Return the resident memory of this process, in kilobytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_KB


if __name__ == "__main__":
    main()
