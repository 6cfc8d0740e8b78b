"""What is never kept, and to whom no kept page is given."""

import pytest
from django.test import Client
from wagtail.models import Page

from egzaminator.cms.models import ArticlePage
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.html import words_of
from tests.web.public_pages import ask, counted

pytestmark = pytest.mark.slow


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
