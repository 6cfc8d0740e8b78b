import datetime as dt
import gzip
import os
import subprocess
import sys
import threading
import time
import zoneinfo
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from wagtail.models import Page

from egzaminator.cms.models import ArticlePage, BoardSettings
from egzaminator.core.process_state import process_state
from egzaminator.web.cache_version import KnownVersion, bump_cache_version
from egzaminator.web.page_cache import PageCacheMiddleware, public_page
from egzaminator.web.page_store import PageStore, StoredPage
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import words_of
from tests.helpers.public_site import make_home_page

HEADERS = {
    "Cache-Control": "public, no-cache",
    "Content-Language": "pl",
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Encoding, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")


@pytest.fixture
def article(db: None) -> Page:
    return add_article("Instrukcja")


def add_article(title: str) -> Page:
    page = make_home_page().add_child(instance=ArticlePage(title=title, slug="instrukcja"))
    page.save_revision().publish()
    return page


def retitle(page: Page, title: str) -> None:
    page.title = title
    page.save_revision().publish()


@pytest.mark.usefixtures("article")
def test_a_hit_is_the_page_as_it_was_made_and_asks_the_database_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = Client()
    made = client.get("/instrukcja/")
    with django_assert_num_queries(0):
        kept = client.get("/instrukcja/")

    assert (made.status_code, kept.status_code) == (200, 200)
    assert "Instrukcja" in words_of(made)
    assert kept.content == made.content
    assert dict(kept.headers) == dict(made.headers)
    assert not kept.cookies
    kept.headers.pop("Permissions-Policy")
    policy, etag, length = (kept.headers.pop(name)[1] for name in ("Content-Security-Policy", "ETag", "Content-Length"))
    assert "default-src 'none'" in policy
    assert (len(etag), length) == (34, str(len(made.content)))
    assert dict(kept.headers) == HEADERS


@pytest.mark.usefixtures("article")
def test_over_https_browsers_are_told_to_stay_with_it(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    client = Client()
    for _ in ("made", "kept"):
        assert client.get("/instrukcja/", secure=True)["Strict-Transport-Security"] == "max-age=60"
        assert "Strict-Transport-Security" not in client.get("/instrukcja/")


@pytest.mark.usefixtures("article")
def test_whoever_has_the_page_is_told_so() -> None:
    client = Client()
    page = client.get("/instrukcja/")

    for condition in (page["ETag"], f"W/{page['ETag']}", f'"other", {page["ETag"]}', "*"):
        answer = client.get("/instrukcja/", headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", page["ETag"])
        assert answer["Cache-Control"] == "public, no-cache"
        assert answer["Content-Security-Policy"] == page["Content-Security-Policy"]
        assert "Content-Type" not in answer
        assert "Content-Length" not in answer

    for condition in ('"other"', "nonsense", f"{page['ETag'][:-2]}0"):
        assert client.get("/instrukcja/", headers={"If-None-Match": condition}).status_code == 200


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("is_kept", [False, True])
def test_head_has_the_headers_of_get_and_no_body(*, is_kept: bool) -> None:
    client = Client()
    if is_kept:
        client.get("/instrukcja/")
    head = client.head("/instrukcja/")
    get = client.get("/instrukcja/")
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "gzip, deflate, br, zstd"])
def test_a_body_is_compressed_for_those_who_take_it(accepted: str) -> None:
    client = Client()
    plain = client.get("/instrukcja/")
    packed = client.get("/instrukcja/", headers={"Accept-Encoding": accepted})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert packed["ETag"] == f'{plain["ETag"][:-1]}-gzip"'
    answer = client.get("/instrukcja/", headers={"Accept-Encoding": accepted, "If-None-Match": plain["ETag"]})
    assert answer.status_code == 200


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip; q=0.00, br", "notgzip"])
def test_a_body_is_left_as_it_is_for_the_others(accepted: str) -> None:
    response = Client().get("/instrukcja/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response
    assert b"Instrukcja" in response.content


@pytest.mark.django_db
def test_the_language_is_that_of_the_address_alone() -> None:
    client = Client()
    polish = client.get("/")
    client.cookies["language"] = "en"
    assert client.get("/", headers={"Accept-Language": "en"}).content == polish.content
    english = client.get("/en/")
    assert (polish["Content-Language"], english["Content-Language"]) == ("pl", "en")
    assert polish.content != english.content
    assert english["Cache-Control"] == "public, no-cache"
    assert client.get("/en/").content == english.content


def test_publishing_turns_pages_over(article: Page) -> None:
    client = Client()
    before = client.get("/instrukcja/")
    retitle(article, "Nowa instrukcja")
    after = client.get("/instrukcja/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Nowa instrukcja" in words_of(after)


def test_a_page_that_is_withdrawn_is_gone(article: Page) -> None:
    client = Client()
    assert client.get("/instrukcja/").status_code == 200
    article.unpublish()
    assert client.get("/instrukcja/").status_code == 404
    article.save_revision().publish()
    assert client.get("/instrukcja/").status_code == 200


def test_what_changes_nothing_leaves_the_etag(article: Page) -> None:
    client = Client()
    before = client.get("/instrukcja/")
    bump_cache_version()
    assert client.get("/instrukcja/", headers={"If-None-Match": before["ETag"]}).status_code == 304


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_publishing_by_another_process_is_seen_within_a_second(settings: Settings) -> None:
    process_state.reset()
    page = add_article("Instrukcja")
    client = Client()
    assert "Instrukcja" in words_of(client.get("/instrukcja/"))

    database = settings.DATABASES["default"]["NAME"]
    program = (
        "import django; django.setup();"
        "from django.conf import settings; from django.db import connection;"
        f"connection.settings_dict['NAME'] = {database!r};"
        "from wagtail.models import Page;"
        f"page = Page.objects.get(pk={page.pk}).specific; page.title = 'Z innego procesu';"
        "page.save_revision().publish()"
    )
    environment = os.environ | {"PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "egzaminator.settings"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)

    deadline = time.monotonic() + 1.1
    while "Z innego procesu" not in words_of(client.get("/instrukcja/")):
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [
        (dt.datetime(2026, 11, 22, 23, 59, 59, tzinfo=WARSAW), dt.datetime(2026, 11, 23, tzinfo=WARSAW), True),
        (dt.datetime(2026, 11, 23, 0, 59, 59, tzinfo=WARSAW), dt.datetime(2026, 11, 23, 1, tzinfo=WARSAW), False),
        (dt.datetime(2026, 7, 1, 23, 59, 59, tzinfo=WARSAW), dt.datetime(2026, 7, 2, tzinfo=WARSAW), True),
    ],
)
def test_midnight_in_warsaw_turns_pages_over(before: dt.datetime, after: dt.datetime, *, is_new: bool) -> None:
    view, made = counted()
    with time_machine.travel(before, tick=False) as clock:
        ask(view)
        ask(view)
        assert len(made) == 1
        clock.move_to(after)
        ask(view)
        assert (len(made) == 2) is is_new


@pytest.mark.django_db
def test_a_notice_is_gone_when_its_time_is_over() -> None:
    view, made = counted()
    with time_machine.travel("2026-11-22T10:00:00+01:00", tick=False) as clock:
        BoardSettings.objects.create(notice="Przerwa", notice_until=timezone.now() + dt.timedelta(hours=1))
        ask(view)
        clock.shift(dt.timedelta(minutes=59, seconds=59))
        ask(view)
        assert len(made) == 1
        clock.shift(dt.timedelta(seconds=1))
        ask(view)
        assert len(made) == 2


def test_whoever_brings_something_of_their_own_gets_a_page_made_for_them(article: Page) -> None:
    client = Client()
    client.get("/instrukcja/")
    client.cookies["session"] = "a" * 32
    ArticlePage.objects.filter(pk=article.pk).update(title="Zmiana bez publikacji")
    mine = client.get("/instrukcja/")
    assert "Zmiana bez publikacji" in words_of(mine)
    assert mine["Cache-Control"] == "no-store"
    assert "ETag" not in mine

    client.cookies.clear()
    client.cookies["device"] = client.cookies["language"] = "pl"
    assert "Zmiana bez publikacji" not in words_of(client.get("/instrukcja/"))


@pytest.mark.usefixtures("article")
def test_nothing_of_who_is_logged_in_is_kept_for_others() -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    make_account(make_examiner(numbers=("A-1",)))
    stranger = Client().get("/instrukcja/").content
    client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    mine = client.get("/instrukcja/")
    assert 'action="/konto/wyloguj/"' in mine.content.decode()
    assert mine["Cache-Control"] == "no-store"

    client.cookies.clear()
    assert client.get("/instrukcja/").content == stranger


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/konto/logowanie/", 200),
        ("/konto/haslo/", 200),
        ("/nie-ma/", 404),
        ("/instrukcja", 301),
        ("/instrukcja/?q=1", 200),
        ("/konto/", 302),
        ("/healthz", 200),
    ],
)
def test_what_is_not_declared_public_is_made_each_time(path: str, status: int) -> None:
    client = Client()
    first, second = client.get(path), client.get(path)
    assert (first.status_code, second.status_code) == (status, status)
    assert "ETag" not in second


@pytest.mark.usefixtures("article")
def test_a_foreign_host_is_refused_though_the_page_is_kept() -> None:
    client = Client()
    client.get("/instrukcja/")
    assert client.get("/instrukcja/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil" not in words_of(client.get("/instrukcja/"))


def test_a_post_reaches_the_view(article: Page) -> None:
    client = Client()
    client.get("/instrukcja/")
    assert client.post("/instrukcja/").status_code == 405


def test_an_answer_with_a_cookie_is_nobody_elses() -> None:
    view, made = counted(cookie="x")
    for _ in range(2):
        assert "ETag" not in ask(view)
    assert len(made) == 2


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


def stamp() -> tuple[int, dt.date, str]:
    return 0, dt.date(2026, 11, 22), ""


def counted(cookie: str = "") -> tuple[PageCacheMiddleware, list[str]]:
    """Return a view behind the cache, and the list of the paths it was called with."""
    made: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        made.append(request.path)
        response = HttpResponse("page")
        if cookie:
            response.set_cookie(cookie, "1")
        return response

    return PageCacheMiddleware(public_page(view)), made


def ask(view: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    return view(RequestFactory().get("/", headers={"Host": "localhost"}))
