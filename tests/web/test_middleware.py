import unicodedata
from typing import Literal

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("charset", ["raw_unicode_escape", "hex", "idna", "rot13", "undefined", "utf-16", "nonsense"])
def test_a_form_in_another_encoding_is_refused(charset: str) -> None:
    content_type = f"multipart/form-data; boundary=x; charset={charset}"
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na\\u0000\r\n--x--\r\n'
    assert Client().generic("POST", "/konto/logowanie/", body, content_type).status_code == 400


def test_a_cookie_with_a_nul_byte_is_refused() -> None:
    assert Client(headers={"Cookie": 'session="abc\\000defghijk"'}).get("/konto/").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"), [("/konto/logowanie/", 302), ("/konto/haslo/", 302), ("/konto/zakladanie/", 200)]
)
def test_a_long_run_of_combining_marks_is_not_normalised(
    path: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Normalising it would take quadratic time: seconds in which no other thread runs."""
    normalized: list[str] = []

    def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
        normalized.append(text)
        return real_normalize(form, text)

    real_normalize = unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", normalize)
    run = "a" + "\u0300" * 9_000 + "\u0316" * 9_000
    fields = dict.fromkeys(("name", "secret", "surname", "email", "new_password", "repeated_password"), run)
    response = Client(headers={"Sec-Fetch-Site": "same-origin"}).post(path, fields)
    assert response.status_code == status
    assert [text for text in normalized if "\u0300" * 100 in text] == []


def test_a_redirect_to_a_slash_is_kept_by_nobody() -> None:
    response = Client().get("/konto/haslo")
    assert (response.status_code, response["Cache-Control"]) == (301, "no-store")
