import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from egzaminator.kernel.maintenance import begin_maintenance, end_maintenance, is_maintenance_on
from tests.pages_of import words_of


@pytest.fixture
def closed(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "not made yet"
    begin_maintenance()


# There is no database mark on these tests: a query would fail them.


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("path", "language", "heading"),
    [
        ("/", "pl", "Zaraz wracamy"),
        ("/konto/logowanie/", "pl", "Zaraz wracamy"),
        ("/nie-ma/", "pl", "Zaraz wracamy"),
        ("/a/abcdefghijklmnopqrstuv/", "pl", "Zaraz wracamy"),
        ("/panel/", "pl", "Zaraz wracamy"),
        ("/en/konto/", "en", "Back soon"),
    ],
)
def test_every_page_says_that_the_site_is_closed(path: str, language: str, heading: str, method: str) -> None:
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.cookies["session"] = "a" * 32

    response = getattr(browser, method)(path)

    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "600", "no-store")
    assert response["Content-Language"] == language
    assert "'self'" in response["Content-Security-Policy"]
    assert f"<h1>{heading}</h1>" in response.content.decode()
    assert "61 854 01 60" in words_of(response)


@pytest.mark.usefixtures("closed")
def test_monitors_are_answered_and_the_look_is_there() -> None:
    assert Client().get("/healthz").status_code == 200
    page = Client().get("/").content.decode()
    stylesheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
    response = Client().get(stylesheet)
    assert response.status_code == 200
    assert b"--ground" in b"".join(response)


@pytest.mark.usefixtures("closed")
def test_closing_twice_and_opening_twice_do_no_harm() -> None:
    begin_maintenance()
    end_maintenance()
    end_maintenance()
    assert not is_maintenance_on()


@pytest.mark.django_db
def test_the_command_closes_and_opens(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    out = io.StringIO()
    call_command("maintenance", "on", stdout=out)
    assert Client().get("/").status_code == 503
    call_command("maintenance", "off", stdout=out)
    assert Client().get("/").status_code == 200
    assert out.getvalue() == (
        "The site is closed: every page answers 503. Open it with: manage.py maintenance off\nThe site is open.\n"
    )
