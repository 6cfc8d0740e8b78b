"""The transfer size of a page with all its resources."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from wagtail.models import Page

from egzaminator.cms.models import ArticlePage, BoardSettings
from egzaminator.cms.site_data import current_site_data
from tests.cms.emblem import stored_emblem
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.public_site import make_home_page

BUDGET = 60_000
PUBLIC = ["/en/", "/en/pomoc/pierwsze-logowanie/", "/szukaj/?q=konto", "/nie-ma/"]
OF_STRANGERS = ["/konto/logowanie/", "/konto/haslo/", "/konto/wylogowano/", "/konto/haslo/zmienione/"]
OF_STAFF = ["/panel/", "/panel/egzaminatorzy/", "/panel/sprawy/", "/panel/ustawienia/kontakt/", "/panel/moje-konto/"]
OF_EXAMINERS = ["/konto/", "/konto/dane/", "/konto/sesje/", "/konto/drugi-skladnik/"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Resources(HTMLParser):
    """The URLs of resources that a browser loads by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.urls: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "link" and named.get("rel") in {"stylesheet", "icon", "preload", "manifest"}:
            self.urls.add(str(named["href"]))
        elif named.get("src"):
            self.urls.add(str(named["src"]))
        assert "style" not in named
        assert "srcset" not in named


def weigh(client: Client, path: str) -> int:
    """Return the bytes of a page's body and of all its resources. Require that they are on this host."""
    page = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert page.status_code in {200, 404}, path
    total = len(page.content)
    for url in Resources(client.get(path).content.decode()).urls:
        assert re.match(r"/[^/]", url), url
        total += _size(client, url)
    return total


def _size(client: Client, url: str) -> int:
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200, url
    body = b"".join(response)
    if url.startswith("/static/"):
        assert response["Cache-Control"] == "max-age=315360000, public, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response.get("Content-Encoding") == "gzip" or url.endswith((".svg", ".woff2"))
    return len(body)


def heavy(client: Client, paths: Iterable[str]) -> dict[str, int]:
    return {path: weight for path in paths if (weight := weigh(client, path)) > BUDGET}


def test_public_pages_are_light() -> None:
    body = [("text", f"<h2>Krok {number}</h2><p>{'Zażółć gęślą jaźń. ' * 40}</p>") for number in range(40)]
    page = make_home_page().add_child(instance=ArticlePage(title="Długa instrukcja", slug="dluga", body=body))
    page.save_revision().publish()
    pages = [page.url for page in Page.objects.live().filter(depth__gt=1)]
    assert pages == ["/", "/dluga/"]
    assert heavy(Client(), [*pages, *PUBLIC, *OF_STRANGERS]) == {}


def test_pages_with_the_boards_emblem_and_colours_are_light(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    BoardSettings.objects.create(emblem=stored_emblem(), band_colour="#00441b", action_colour="#006d2c")
    assert len(Resources(Client().get("/en/").content.decode()).urls & {*_own_resources()}) == 2
    assert heavy(Client(), [*PUBLIC, *OF_STRANGERS]) == {}


def _own_resources() -> list[str]:
    site = current_site_data()
    return [site.emblem_url, reverse("board-styles", args=(site.styles.version,))] if site.styles else []


def test_the_form_and_the_status_page_are_light() -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    examiner = make_examiner(numbers=("A-1",))
    client.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    assert heavy(client, ["/konto/zakladanie/"]) == {}
    make_claim(examiner)
    client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert heavy(client, ["/konto/aktywacja/"]) == {}


def test_the_screens_of_an_account_are_light() -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    make_account(make_examiner(numbers=("A-1",)))
    client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert heavy(client, OF_EXAMINERS) == {}


def test_images_are_kept_for_a_day_and_are_what_they_say() -> None:
    folder = project.MEDIA_ROOT / "images"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weight.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    answer = Client().get("/media/images/weight.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("public, max-age=86400", "nosniff")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert b"".join(answer) == b"\x89PNG\r\n\x1a\n"
    (folder / "weight.png").unlink()


def test_the_panels_screens_are_light() -> None:
    make_staff()
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert heavy(client, OF_STAFF) == {}
