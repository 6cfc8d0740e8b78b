from django.db.models import QuerySet

from egzaminator.kernel.encryption import blind_index
from egzaminator.kernel.pesel import NotAPeselError, Pesel, parse_pesel
from egzaminator.kernel.text import compact, has_forbidden_characters
from egzaminator.register.models import PESEL_PURPOSE, Examiner


def pesel_index(pesel: Pesel) -> bytes:
    """Give the 32 bytes that a PESEL is found by."""
    return blind_index(pesel.digits, purpose=PESEL_PURPOSE)


def name_key(name: str) -> str:
    """Give a login name, known or not, in the form that two spellings of it share."""
    try:
        return parse_pesel(name).digits
    except NotAPeselError:
        return compact(name)


def find_examiner(*, name: str) -> Examiner | None:
    """Find who a PESEL or a board-issued identifier, as typed, belongs to. Gives None for an unknown or wrong one."""
    return examiners_called(name=name).first()


def examiners_called(*, name: str) -> QuerySet[Examiner]:
    """Give the query for who a login name belongs to, for whoever wants more of them with it: one examiner or none."""
    try:
        return Examiner.objects.filter(pesel_index=pesel_index(parse_pesel(name)))
    except NotAPeselError:
        key = compact(name)
        # The database would refuse NUL and surrogates; nobody's identifier is "".
        return Examiner.objects.filter(identifier_key="" if has_forbidden_characters(key) else key)
