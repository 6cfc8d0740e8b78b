import copy
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import pytest
from django.core.handlers.base import BaseHandler
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client, TransactionTestCase, override_settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from egzaminator.accounts import hashers
from egzaminator.accounts.domain import password_matching
from egzaminator.accounts.hashers import Argon2idHasher, Parameters, run_in_hash_pool
from egzaminator.cms.site_data import KnownSite, SiteData
from egzaminator.core.process_state import process_state
from egzaminator.runtime import logs
from egzaminator.web.cache_version import KnownVersion, forget_cache_version
from egzaminator.web.maintenance import CheckedKey
from tests.faults.workers import Worker
from tests.helpers.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.helpers.default_pages import DefaultPages
from tests.helpers.environment import TEMPLATE_VARIABLE
from tests.helpers.marked_client import add_marks
from tests.helpers.nginx import group_of
from tests.helpers.receiver import Receiver
from tests.helpers.static_files import listed_once
from tests.helpers.table_contents import Emptier
from tests.helpers.template_database import make_template

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
    """Put the longest tests first, so that no process is left with one at the end while the others idle.

    The first are those that start whole demos. Journeys must stay behind all tests that only roll back, but come before
    the other tests that empty tables.
    """
    items.sort(key=lambda item: (_empties_tables(item), not item.nodeid.startswith("tests/journeys/")))
    items.sort(key=lambda item: not item.nodeid.startswith("tests/faults/test_run.py"))


def _empties_tables(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    return "transactional_db" in _fixtures_of(item) or bool(database and database.kwargs.get("transaction"))


def _fixtures_of(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Empty all tables after a test that commits. A trigger forbids that on a real site."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_never_truncated")
        cursor.execute("ALTER TABLE audit_shownpeople DISABLE TRIGGER audit_shown_never_truncated")
    emptier = Emptier()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: emptier.empty_tables())
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    with listed_once():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, pytestconfig: pytest.Config) -> None:
    """Make Django copy the template database instead of creating an empty one.

    The fixture stands here because pytest-django's own would override one of a plugin loaded by `-p`.
    """
    if TEMPLATE_VARIABLE not in os.environ:
        make_template(pytestconfig)
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[TEMPLATE_VARIABLE]


@pytest.fixture(autouse=True)
def fresh_site() -> None:
    """Forget the process's state, and know the data of an empty database (default board, no menu, the current key).

    So no test queries them before a change.
    """
    translation.deactivate()  # a request leaves its language to whatever the thread does next
    process_state.reset()
    version = process_state.get(KnownVersion)
    version.seconds, version.reading = float("inf"), (0.0, 0)
    process_state.get(KnownSite).data = SiteData()
    process_state.get(CheckedKey).result = (0, True)


_CHEAP = Parameters(time_cost=1, memory_cost=64, parallelism=1)
_NOBODYS = "argon2$argon2id$v=19$m=64,t=1,p=1$bm9ib2R5J3Mgc2FsdCwgMjIgbG9uZw$" + 43 * "A"


@pytest.fixture(autouse=True)
def cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at next to no cost, but for tests marked `real_hashes`: hashing is what those are about."""
    if request.node.get_closest_marker("real_hashes"):
        return
    for name, value in _CHEAP._asdict().items():
        monkeypatch.setattr(Argon2idHasher, name, value)
    monkeypatch.setattr(password_matching, "CURRENT", _CHEAP)
    monkeypatch.setattr(password_matching, "_NOBODYS", _NOBODYS)


@pytest.fixture(autouse=True)
def hashes_where_the_proxy_sends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if a request hashes a password that `deploy/nginx.conf` does not pass on to the processes for that."""

    def hash_for_request(work: Callable[[], object]) -> object:
        if request := _request_under_way():
            assert group_of(request.method or "", request.path_info) != "egzaminator", request.path_info
        return run_in_hash_pool(work)

    for module in (hashers, password_matching):
        monkeypatch.setattr(module, "run_in_hash_pool", hash_for_request)


_CALLS_VIEWS = vars(BaseHandler)["_get_response"].__code__


def _request_under_way() -> HttpRequest | None:
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 -- the only way to a stack that costs nothing
    while frame and frame.f_code is not _CALLS_VIEWS:
        frame = frame.f_back
    return frame and frame.f_locals["request"]


@pytest.fixture(scope="session")
def load_default_pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Load them into the database. Their images go to a folder that must be MEDIA_ROOT."""
    return DefaultPages(tmp_path_factory.mktemp("pages")).load


@pytest.fixture(scope="module")
def pages_of_module(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    load_default_pages: Callable[[Path], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Load the default pages, in a transaction around those of a module's tests. Return the folder of their images.

    Every later test of the module finds them, so a module uses them in all tests that read pages, or in none.
    """
    folder = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        load_default_pages(folder)
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def default_pages(fresh_site: None, pages_of_module: Path, settings: Settings, tmp_path: Path) -> None:
    """The pages of a new site. What a test changes in them is undone after it."""
    settings.MEDIA_ROOT = shutil.copytree(pages_of_module, tmp_path / "media")
    forget_cache_version()


class _LogGuard(logging.Handler):
    """Collects records with secrets before the formatter masks them: they should not have been logged at all."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING and not record.name.startswith("egzaminator"):
            return  # the settings log none of these
        record = copy.copy(record)
        logs.RouteFilter().filter(record)
        if logs.mask(record.getMessage()) != record.getMessage():
            self.leaks.append(record.getMessage())


@pytest.fixture(autouse=True)
def nothing_secret_is_logged() -> Iterator[None]:
    """Fail if a test logs anything shaped like a token, a PESEL or an e-mail address."""
    guard = _LogGuard()
    logging.getLogger().addHandler(guard)
    yield
    logging.getLogger().removeHandler(guard)
    assert guard.leaks == []


@pytest.fixture(autouse=True)
def marked_forms(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the form's mark to POSTs of tests that did not read the page. Without a database nobody is logged in."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        add_marks(monkeypatch)


@pytest.fixture
def browser() -> Client:
    """A client with CSRF checks, as real browsers are subject to."""
    return Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def in_english() -> Iterator[None]:
    """Texts as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def empty_queue(db: None) -> Iterator[None]:
    """Delete all jobs before and after the test. Django empties the tables of models only."""
    _delete_jobs()
    yield
    _delete_jobs()


def _delete_jobs() -> None:
    with connection.cursor() as cursor:
        for table in ("procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own names


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Receiver]:
    """A mail server that accepts everything unless scripted otherwise. The settings point to it."""
    with Receiver() as receiver:
        settings.MAIL_SERVER = receiver.server
        yield receiver


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, one per module: Playwright's event loop must not keep running during other modules' tests.

    During the tests that use it Django would refuse database access, though nothing in them is asynchronous.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def start_worker() -> Iterator[Callable[[int], Worker]]:
    """Start `manage.py worker` on the tests' database, with the mail server at a port."""
    database = connection.settings_dict
    user = quote(f"{database['USER']}")
    url = f"postgresql://{user}@{quote(database['HOST'], safe='')}:{database['PORT']}/{quote(database['NAME'])}"
    workers: list[Worker] = []

    def _start(port: int) -> Worker:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--insecure-test-machine"],
            env=os.environ | {"DATABASE_URL": url, "EMAIL_URL": f"smtp://127.0.0.1:{port}"},
        )
        workers.append(worker)
        return worker

    yield _start
    for worker in workers:
        worker.kill()
        worker.wait(10)
