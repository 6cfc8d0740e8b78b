"""The keys for sorting and searching names."""

from typing import NamedTuple

from egzaminator.core.text import fold, sort_key


class NameKeys(NamedTuple):
    """The keys that an examiner is sorted and searched by."""

    sort: str
    search: str


def name_keys(*, surname: str, first_names: str) -> NameKeys:
    """Return the sort key and the search key of a name as the register has it. Both are stored beside the name."""
    return NameKeys(sort_key(surname, first_names), fold(f"{surname} {first_names}"))
