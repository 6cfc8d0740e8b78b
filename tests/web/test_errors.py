import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest
from django.test import Client
from django.utils.translation import override

from egzaminator.web.errors import bad_request, server_error
from tests.helpers.html import words_of


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [("/nie-ma/", 404), ("/en/nie-ma/", 404), ("/a/../../etc/passwd", 404), ("/?x=%00", 400), ("/en/?x=%00", 400)],
)
def test_every_error_has_a_page(path: str, status: int) -> None:
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == status
    assert f'<html lang="{"en" if path.startswith("/en/") else "pl"}">' in response.content.decode()
    assert "61 854 01 60" in words_of(response)


@pytest.mark.django_db
def test_a_form_without_its_token_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/konto/haslo/", {"name": "x"})
    assert response.status_code == 403
    words = words_of(response)
    for said in ("Nic się nie zmieniło.", "odśwież stronę", "zaloguj się", "Naciśnij przycisk jeszcze raz."):
        assert said in words


def test_whose_session_was_ended_meanwhile_may_log_in_again() -> None:
    with override("pl"):
        assert bad_request(HttpRequest(), SessionInterrupted())["Location"] == "/konto/logowanie/"


def test_the_500_page_needs_no_database() -> None:
    """This test has no database mark, so a query would fail it."""
    response = server_error(HttpRequest())
    assert response.status_code == 500
    assert "61 854 01 60" in words_of(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/konto/", 302),
        ("/panel/sprawy/", 302),
        ("/nie-ma/", 404),
        ("/?x=%00", 400),
        ("/robots.txt", 200),
        ("/sitemap.xml", 200),
        ("/.well-known/security.txt", 200),
        ("/media/images/nie-ma.png", 404),
        ("/konto/wyloguj/", 405),
    ],
)
def test_every_answer_whatever_it_is_closes_what_browsers_leave_open(path: str, status: int) -> None:
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == status
    headers = response.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "base-uri 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    assert {name: headers[name] for name in expected} == expected
    assert not [name for name in headers if name.startswith("Access-Control-") or name in {"Server", "X-Powered-By"}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "public, no-cache"),
        ("/en/", "public, no-cache"),
        ("/konto/logowanie/", "no-store"),
        ("/konto/haslo/", "no-store"),
        ("/nie-ma/", "no-store"),
    ],
)
def test_every_page_carries_the_headers(path: str, kept: str) -> None:
    headers = Client().get(path).headers
    assert headers["Content-Security-Policy"].count("'self'") == 6
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert {name: headers[name] for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")} == {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    assert headers["Cache-Control"] == kept
