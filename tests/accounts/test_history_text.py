import pytest
from django.utils import translation

from egzaminator.accounts.history_text import HIDDEN, REPEATED, SHOWN, sentence
from egzaminator.audit.enums import Tag


def test_every_tag_has_a_sentence_or_a_reason_to_be_hidden() -> None:
    """Add a new tag to one of the four places in history_text.py."""
    assert set(Tag) - SHOWN - HIDDEN.keys() == set()
    assert SHOWN & HIDDEN.keys() == set()
    assert all(HIDDEN.values())
    assert REPEATED <= SHOWN


@pytest.mark.parametrize("tag", sorted(SHOWN))
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_sentence_needs_no_details(tag: Tag, count: int) -> None:
    """Events recorded before a detail was introduced are shown as well."""
    with translation.override("pl"):
        polish = sentence(tag=tag, details={}, count=count)
    with translation.override("en"):
        assert polish not in {"", sentence(tag=tag, details={}, count=count)}


@pytest.mark.parametrize(
    ("tag", "details", "count", "words"),
    [
        (Tag.LOGIN_SUCCEEDED, {"device": "Firefox, Windows"}, 1, "Zalogowano: Firefox, Windows"),
        (Tag.LOGIN_SUCCEEDED, {"device": ""}, 1, "Zalogowano: nieznane urządzenie"),
        (Tag.DEVICE_NEW, {"device": "Safari, iPhone"}, 1, "Nowe urządzenie przy logowaniu: Safari, iPhone"),
        (Tag.LOGIN_REFUSED, {"reason": "wrong-password"}, 1, "Odmowa zalogowania: 1 próba"),
        (Tag.LOGIN_REFUSED, {}, 3, "Odmowa zalogowania: 3 próby"),
        (Tag.LOGIN_REFUSED, {}, 12, "Odmowa zalogowania: 12 prób"),
        (Tag.MAIL_CAPPED, {}, 2, "Nie wysłano e-maila: za dużo jednego dnia"),
        (Tag.SECOND_FACTOR_ADDED, {"kind": "totp"}, 1, "Dodano sposób logowania: aplikacja z kodami"),
        (Tag.SECOND_FACTOR_REMOVED, {"kind": "webauthn"}, 1, "Usunięto sposób logowania: klucz dostępu"),
        (Tag.SECOND_FACTOR_REMOVED, {"kind": "new"}, 1, "Usunięto sposób logowania: drugi składnik"),
        (Tag.SESSIONS_ENDED, {"count": 2}, 1, "Wylogowano 2 inne urządzenia"),
        (Tag.DETAILS_CHANGED, {"fields": ["locality", "gone", "phone"]}, 1, "Zmieniono dane: Miejscowość, Telefon"),
        (Tag.ACCOUNT_FROZEN, {}, 1, "Zablokowano konto linkiem z e-maila"),
    ],
)
def test_says_what_happened(tag: Tag, details: dict[str, object], count: int, words: str) -> None:
    with translation.override("pl"):
        assert sentence(tag=tag, details=details, count=count) == words
