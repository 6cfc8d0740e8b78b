"""The words of the default pages: whole, in step with the screens, and with what the law asks for."""

import itertools
import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from egzaminator.pages.domain.default_pages import DEFAULT_PAGES
from egzaminator.pages.domain.load_pages import load_pages

pytestmark = pytest.mark.django_db
ADDRESSES = ["/" if page.key == "strona-glowna" else f"/{page.key}/" for page in DEFAULT_PAGES]


@pytest.fixture(autouse=True)
def pages(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    load_pages()


class Reader(HTMLParser):
    """Collects a page's headings, links, ids and images."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.alternatives: list[str] = []
        self.times: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.add(given["href"] or "")
        if tag == "img":
            self.alternatives.append(given["alt"] or "")
        if identifier := given.get("id"):
            self.ids.append(identifier)
            if tag == "time":
                self.times[identifier] = given["datetime"] or ""


def main_of(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.parametrize("path", ADDRESSES)
def test_headings_are_in_order_and_every_link_leads_somewhere(path: str) -> None:
    page = Reader(main_of(path))
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert [pair for pair in itertools.pairwise(page.headings) if pair[1] > pair[0] + 1] == []
    internal = {link for link in page.links if link.startswith("/")}
    assert {link: Client().get(link).status_code for link in internal} == dict.fromkeys(internal, 200)
    odd = {link for link in page.links if not re.match(r"/|https?://|tel:\+48\d{9}$|mailto:\S+@\S+$|#", link)}
    assert odd == set()
    assert all(len(alternative) > 30 for alternative in page.alternatives)
