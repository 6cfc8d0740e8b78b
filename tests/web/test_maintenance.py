import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from egzaminator.cms.models import BoardSettings
from egzaminator.core.process_state import process_state
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.key_rotation.domain.rotate_index_key import rotate_index_key
from egzaminator.runtime.maintenance import begin_maintenance, end_maintenance, is_maintenance_on, last_opening
from egzaminator.web.maintenance import is_closed
from tests.helpers.html import words_of


@pytest.fixture
def closed(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "not made yet"
    begin_maintenance()


# These tests have no database mark, so a query would fail them.


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


@pytest.mark.django_db
@pytest.mark.usefixtures("closed")
def test_the_page_has_the_boards_colours_and_emblem(settings: Settings, tmp_path: Path) -> None:
    BoardSettings.objects.create(band_colour="#00441b")
    page = Client().get("/").content.decode()
    styles = page.split('rel="stylesheet" href="')[2].split('"')[0]
    answer = Client().get(styles)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css; charset=utf-8")
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    (tmp_path / "images/a.webp").write_bytes(b"RIFF")
    assert b"".join(Client().get("/media/images/a.webp")) == b"RIFF"


@pytest.mark.usefixtures("closed")
def test_closing_twice_and_opening_twice_do_no_harm() -> None:
    begin_maintenance()
    end_maintenance()
    opened = last_opening()
    end_maintenance()
    assert (is_maintenance_on(), last_opening()) == (False, opened)


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


# A web process that was not restarted ---------------------------------------------------------------------------------

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def rotated(settings: Settings, tmp_path: Path) -> None:
    """Give this process the former key, while the operator's commands and other processes have the new one."""
    settings.DATA_DIR = tmp_path
    settings.BLIND_INDEX_KEY = OLD
    require_index_key()
    assert Client().get("/konto/logowanie/").status_code == 200
    begin_maintenance()
    settings.BLIND_INDEX_KEY = NEW
    rotate_index_key()
    call_command("maintenance", "off")
    settings.BLIND_INDEX_KEY = OLD


@pytest.mark.django_db
@pytest.mark.usefixtures("rotated")
def test_stays_closed_with_the_former_index_key_and_says_so_once(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/", "/konto/logowanie/", "/"):
        assert Client().get(path).status_code == 503
    assert [record.levelname for record in caplog.records if "BLIND_INDEX_KEY" in record.message] == ["ERROR"]
    assert (Client().get("/readyz").status_code, Client().get("/healthz").status_code) == (503, 200)

    settings.BLIND_INDEX_KEY = NEW  # restarted
    process_state.reset()
    assert [Client().get(path).status_code for path in ("/konto/logowanie/", "/readyz")] == [200, 200]


@pytest.mark.django_db
@pytest.mark.usefixtures("rotated")
def test_a_key_taken_back_opens_it_without_a_restart() -> None:
    assert is_closed()
    begin_maintenance()
    assert Client().get("/readyz").status_code == 200  # closed, as it should be
    rotate_index_key()
    call_command("maintenance", "off")
    assert not is_closed()


@pytest.mark.django_db
@pytest.mark.usefixtures("rotated")
def test_a_request_costs_no_query_once_it_is_known(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert [is_closed() for _ in range(3)] == [True] * 3


@pytest.mark.django_db
@pytest.mark.usefixtures("rotated")
def test_a_database_that_does_not_answer_closes_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE key_rotation_indexkey RENAME TO elsewhere")
    assert not is_closed()
