"""The look-up of an examiner by PESEL or board-issued identifier."""

from django.db.models import QuerySet

from egzaminator.kernel.encryption import blind_index
from egzaminator.kernel.pesel import NotAPeselError, Pesel, parse_pesel
from egzaminator.kernel.text import compact, has_forbidden_characters
from egzaminator.register.models import PESEL_PURPOSE, Examiner


def pesel_index(pesel: Pesel) -> bytes:
    """Return the blind index of a PESEL: 32 bytes."""
    return blind_index(pesel.digits, purpose=PESEL_PURPOSE)


def name_key(name: str) -> str:
    """Return the normal form of a login name, known or not. Two spellings of one name have the same normal form."""
    try:
        return parse_pesel(name).digits
    except NotAPeselError:
        return compact(name)


def find_examiner(*, name: str) -> Examiner | None:
    """Return the examiner with a PESEL or a board-issued identifier, as typed, or None if there is no such examiner."""
    return examiners_called(name=name).first()


def examiners_called(*, name: str) -> QuerySet[Examiner]:
    """Return the query for the examiner with a login name: one row or none.

    For callers that need more than the examiner from the same query.
    """
    try:
        return Examiner.objects.filter(pesel_index=pesel_index(parse_pesel(name)))
    except NotAPeselError:
        key = compact(name)
        # PostgreSQL rejects NUL and surrogates. No examiner has the identifier "".
        return Examiner.objects.filter(identifier_key="" if has_forbidden_characters(key) else key)
