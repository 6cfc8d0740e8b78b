"""The cache is bounded, and answers while a page is made or the database does not answer."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from egzaminator.core.process_state import process_state
from egzaminator.web.cache_version import KnownVersion
from egzaminator.web.page_cache import PageCacheMiddleware, public_page
from egzaminator.web.page_store import PageStore, StoredPage
from tests.web.public_pages import ask


def stamp() -> tuple[int, dt.date, str]:
    return 0, dt.date(2026, 11, 22), ""


def test_the_memory_taken_is_bounded() -> None:
    body = StoredPage.of(public_page(lambda _: HttpResponse(b"x" * 10_000))(RequestFactory().get("/")), stamp())
    store = PageStore(room=3 * body.size)
    for name in ("/a/", "/b/", "/c/"):
        store.put((name, False), body)
    assert store.find(("/a/", False), stamp()) is body
    store.put(("/d/", False), body)
    kept = [name for name in ("/a/", "/b/", "/c/", "/d/") if store.find((name, False), stamp())]
    assert kept == ["/a/", "/c/", "/d/"]
    store.put(("/d/", False), body)
    assert store.find(("/a/", False), stamp()) is body


def test_after_a_change_one_thread_makes_the_page_and_others_get_the_old_one() -> None:
    started, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def slow(request: HttpRequest) -> HttpResponse:
        made.append(1)
        if len(made) > 1:
            started.set()
            assert go_on.wait(10)
        return HttpResponse(f"page {len(made)}")

    view = PageCacheMiddleware(public_page(slow))
    assert ask(view).content == b"page 1"
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
        maker = threading.Thread(target=ask, args=[view])
        maker.start()
        assert started.wait(10)
        assert [ask(view).content for _ in range(5)] == [b"page 1"] * 5
        go_on.set()
        maker.join()
        assert ask(view).content == b"page 2"
    assert len(made) == 2


@pytest.mark.usefixtures("article")
def test_pages_stay_as_they_were_while_the_database_does_not_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client()
    before = client.get("/instrukcja/")
    process_state.get(KnownVersion).seconds = -1.0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE web_cacheversion")
        kept = client.get("/instrukcja/")
        transaction.set_rollback(True)
    assert kept.content == before.content
    assert caplog.messages == ["The database does not answer (ProgrammingError); public pages stay as they were."]
