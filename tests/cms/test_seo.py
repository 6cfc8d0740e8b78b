import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.models import BaseViewRestriction, PageViewRestriction

from egzaminator.cms.models import ArticlePage, NewsIndexPage, NewsPage
from egzaminator.web.cache_version import bump_cache_version
from tests.helpers.html import Response
from tests.helpers.public_site import make_home_page

pytestmark = pytest.mark.django_db
BASE = "https://konta.example.pl"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def base(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = BASE


@pytest.fixture
def news() -> NewsPage:
    index = make_home_page().add_child(instance=NewsIndexPage(title="Aktualności", slug="aktualnosci"))
    item: NewsPage = index.add_child(
        instance=NewsPage(title="Szkolenia <online>", slug="szkolenia", lead="Ruszają", date=dt.date(2026, 11, 20))
    )
    item.save_revision().publish()
    index.add_child(instance=NewsPage(title="Szkic", slug="szkic", live=False))
    return item


def get(path: str) -> Response:
    return Client().get(path, headers={"Host": "localhost:1234"})


@pytest.mark.usefixtures("news")
def test_news_are_fed_by_their_public_addresses() -> None:
    answer = get("/aktualnosci/rss/")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, no-cache"
    channel = ET.fromstring(answer.content).find("channel")  # noqa: S314 -- our own
    assert channel is not None
    assert (channel.findtext("link"), channel.findtext("language")) == (f"{BASE}/", "pl")
    assert [
        (item.findtext("title"), item.findtext("link"), item.findtext("description"), item.findtext("pubDate"))
        for item in channel.findall("item")
    ] == [
        ("Szkolenia <online>", f"{BASE}/aktualnosci/szkolenia/", "Ruszają", "Fri, 20 Nov 2026 00:00:00 +0100"),
    ]
    assert b"localhost" not in answer.content


def test_every_page_names_the_feed() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/aktualnosci/rss/"'
    assert link in get("/").content.decode()


@pytest.mark.parametrize("path", ["/aktualnosci/rss/", "/sitemap.xml"])
def test_a_page_for_some_readers_is_neither_fed_nor_listed(news: NewsPage, path: str) -> None:
    assert b"/szkolenia/" in get(path).content
    PageViewRestriction.objects.create(page=news, restriction_type=BaseViewRestriction.LOGIN)
    bump_cache_version()
    assert b"/szkolenia/" not in get(path).content


@pytest.mark.usefixtures("news")
def test_the_sitemap_has_all_published_pages_and_no_others() -> None:
    answer = get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    places = [place.text for place in ET.fromstring(answer.content).iterfind("s:url/s:loc", NAMES)]  # noqa: S314 -- our own
    assert places == [f"{BASE}/", f"{BASE}/aktualnosci/", f"{BASE}/aktualnosci/szkolenia/"]


def test_robots_are_told_where_nothing_is_for_them() -> None:
    answer = get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert "Disallow: /konto/" in lines
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert not [line for line in lines if line.startswith("Disallow: /a/")]


def test_a_page_says_what_it_is_and_where() -> None:
    page = make_home_page().add_child(instance=ArticlePage(title="Jak & co", slug="jak", lead="Krok po kroku."))
    page.save_revision().publish()
    head = get("/jak/").content.decode().partition("</head>")[0]
    for line in (
        f'<link rel="canonical" href="{BASE}/jak/">',
        f'<meta property="og:url" content="{BASE}/jak/">',
        '<meta property="og:title" content="Jak &amp; co">',
        '<meta name="description" content="Krok po kroku.">',
        '<meta property="og:description" content="Krok po kroku.">',
    ):
        assert line in head
    assert "noindex" not in head
    assert "localhost" not in head


@pytest.mark.parametrize("path", ["/konto/logowanie/", "/konto/haslo/", "/szukaj/", "/nie-ma/"])
def test_screens_are_not_for_search_engines(path: str) -> None:
    assert '<meta name="robots" content="noindex">' in get(path).content.decode()


def test_the_english_pages_name_themselves() -> None:
    head = get("/en/").content.decode()
    assert f'<link rel="canonical" href="{BASE}/en/">' in head
    assert "noindex" not in head
