import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Unpack

import pytest
from django.test.testcases import _StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from egzaminator.login.domain.password_reset import process_reset_requests
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.web.cache_version import forget_cache_version
from egzaminator.web.models import CacheVersion
from tests.helpers.public_site import make_home_page
from tests.helpers.receiver import Receiver

# Milliseconds. Pages that poll do so every few seconds, and the machine may be busy.
expect.set_options(timeout=20_000)

pytest.register_assert_rewrite("tests.journeys.visitor")
from tests.journeys.visitor import BrowserOptions, NewVisitor, Post, Visitor  # noqa: E402 -- after its asserts are registered


class _CountingHandler(_StaticFilesHandler):
    """Django's own handler, which also counts the requests that are not answered yet."""

    _changed = threading.Condition()
    _unanswered = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self._count(1)
        try:
            return super().__call__(environ, start_response)
        finally:
            self._count(-1)

    @classmethod
    def _count(cls, by: int) -> None:
        with cls._changed:
            cls._unanswered += by
            cls._changed.notify_all()

    @classmethod
    def wait_until_answered(cls) -> None:
        with cls._changed:
            assert cls._changed.wait_for(lambda: cls._unanswered == 0, timeout=20)


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """pytest-django's own, except that it serves the collected static files, under their hashed names."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = _CountingHandler
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer, mailbox: Receiver, settings: Settings) -> Iterator[str]:
    """The URL of the site on a port of its own. Links in its e-mails lead back to it."""
    make_home_page()
    # The server and its cached pages outlive a test, and an emptied database would start again at generation 1.
    CacheVersion.objects.update_or_create(pk=1, defaults={"number": time.time_ns()})
    forget_cache_version()
    settings.PUBLIC_BASE_URL = live_server.url
    yield live_server.url
    # Pages send requests by themselves until their browser is closed. Emptying the tables would wait for the locks of a
    # request that is still being answered.
    _CountingHandler.wait_until_answered()


@pytest.fixture
def default_pages(
    transactional_db: None, load_default_pages: Callable[[Path], None], settings: Settings, tmp_path: Path
) -> None:
    """The pages of a new site. Request it by `usefixtures`, before `site` creates an empty home page."""
    settings.MEDIA_ROOT = tmp_path / "media"
    load_default_pages(settings.MEDIA_ROOT)


@pytest.fixture
def new_visitor(chromium: Browser, site: str) -> Iterator[NewVisitor]:
    """Open a browser of another person or on another device."""
    contexts: list[BrowserContext] = []

    def _new_visitor(*, width: int = 1280, **options: Unpack[BrowserOptions]) -> Visitor:
        context = chromium.new_context(
            base_url=site, viewport={"width": width, "height": 800}, locale="pl-PL", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Visitor(context.new_page())

    yield _new_visitor
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    return new_visitor()


@pytest.fixture
def post_goes_out(mailbox: Receiver, site: str) -> Post:
    """Do the work of the worker and return the link in the last e-mail."""

    def _post_goes_out() -> str:
        process_reset_requests()
        deliver_due()
        text = mailbox.received[-1].body("plain")
        links: list[str] = re.findall(rf"^({re.escape(site)}/(?:en/)?[aeshnp]/\S+)\s*$", text, re.MULTILINE)
        assert len(links) == 1
        return links[0]

    return _post_goes_out
