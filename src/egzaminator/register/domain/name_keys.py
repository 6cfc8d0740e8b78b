from typing import NamedTuple

from egzaminator.kernel.text import fold, sort_key


class NameKeys(NamedTuple):
    """What an examiner's name is sorted and searched by."""

    sort: str
    search: str


def name_keys(*, surname: str, first_names: str) -> NameKeys:
    """Take a name as the register has it; give the keys that are kept beside it."""
    return NameKeys(sort_key(surname, first_names), fold(f"{surname} {first_names}"))
