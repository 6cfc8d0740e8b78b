"""How an examiner is addressed."""

from egzaminator.core.pesel import Pesel
from egzaminator.mailings.enums import Salutation

_ORDINAL_OF_SEX = 9  # the tenth digit: even for a woman, odd for a man (ustawa o ewidencji ludności, art. 15)


def salutation(*, chosen: str, pesel: Pesel | None) -> str:
    """Return the words that a letter to somebody begins with: as they chose, or else by the PESEL."""
    if chosen != Salutation.BY_PESEL:
        return str(Salutation(chosen).label)
    if pesel is None:
        return str(Salutation.NEITHER.label)
    is_man = int(pesel.digits[_ORDINAL_OF_SEX]) % 2
    return str((Salutation.SIR if is_man else Salutation.MADAM).label)
