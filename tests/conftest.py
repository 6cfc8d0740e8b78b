import copy
import logging
import os
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from egzaminator.kernel import logs
from egzaminator.pages import generation, maintenance, site_data
from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.environment import TEMPLATE_VARIABLE
from tests.marked_client import add_marks
from tests.receiver import Receiver
from tests.template_database import make_template

# A busy machine is no fault of what is tested.
hypothesis_settings.register_profile("egzaminator", deadline=None)
hypothesis_settings.load_profile("egzaminator")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect the static files once, before the workers start that share their folder."""
    if not hasattr(session.config, "workerinput"):
        call_command("collectstatic", verbosity=0, interactive=False)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, or at the end one process would run them while the others had done.

    First those that start whole demos. Journeys must stay behind all tests whose database is only rolled back, but come
    before the others that empty tables.
    """
    items.sort(key=lambda item: (_empties_tables(item), not item.nodeid.startswith("tests/journeys/")))
    items.sort(key=lambda item: not item.nodeid.startswith("tests/faults/test_run.py"))


def _empties_tables(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(database and database.kwargs.get("transaction"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let Django empty all tables after a test that commits: the database of a site would not let it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_never_truncated")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, pytestconfig: pytest.Config) -> None:
    """Have Django copy the template where it would make an empty database.

    It stands here since pytest-django's own would win over that of a plugin loaded by `-p`.
    """
    if TEMPLATE_VARIABLE not in os.environ:
        make_template(pytestconfig)
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[TEMPLATE_VARIABLE]


@pytest.fixture(autouse=True)
def fresh_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database shows the default board and no menu, known without a query until a test changes something."""
    monkeypatch.setattr(generation, "_TRUST", float("inf"))
    monkeypatch.setattr(generation, "_known", (0.0, 0))
    monkeypatch.setattr(site_data, "_known", site_data.SiteData())
    monkeypatch.setattr(maintenance, "_known", (0, True))


class _LogGuard(logging.Handler):
    """Hears what would be written, before the formatter takes out what should never have come so far."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING and not record.name.startswith("egzaminator"):
            return  # the settings write none of these
        record = copy.copy(record)
        logs.RouteFilter().filter(record)
        if logs.mask(record.getMessage()) != record.getMessage():
            self.leaks.append(record.getMessage())


@pytest.fixture(autouse=True)
def nothing_secret_is_logged() -> Iterator[None]:
    """No line, of any test, holds anything shaped like a token, a PESEL or an e-mail address."""
    guard = _LogGuard()
    logging.getLogger().addHandler(guard)
    yield
    logging.getLogger().removeHandler(guard)
    assert guard.leaks == []


@pytest.fixture(autouse=True)
def marked_forms(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send what a page's form would, where a test posts without reading the page; without a database nobody is in."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        add_marks(monkeypatch)


@pytest.fixture
def browser() -> Client:
    """A browser that holds to CSRF, as real ones are made to."""
    return Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def empty_queue(db: None) -> Iterator[None]:
    """No job before the test and none after it: Django empties the tables of models, but not those of jobs."""
    _delete_jobs()
    yield
    _delete_jobs()


def _delete_jobs() -> None:
    with connection.cursor() as cursor:
        for table in ("procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own names


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Receiver]:
    """A mail server that takes everything, unless told otherwise; the settings name it."""
    with Receiver() as receiver:
        settings.MAIL_SERVER = receiver.server
        yield receiver


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, for one module at a time: Playwright's event loop must not run beneath other modules' tests.

    Beneath those that ask for it, Django would refuse the database, though nothing in them is asynchronous.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
