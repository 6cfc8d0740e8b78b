import re
from html.parser import HTMLParser

import pytest
from pytest_django.fixtures import Settings

from egzaminator.core.board import current_board
from egzaminator.mail.domain.render import Parts, public_url, render_parts
from egzaminator.mail.enums import Kind
from tests.letters import CONTEXTS, TOKEN


def links_of(kind: Kind) -> dict[str, str]:
    values = CONTEXTS[kind].items()
    return {key: public_url(value) for key, value in values if isinstance(value, str) and value.startswith("/")}


def render(kind: Kind, language: str = "pl", addressee: str = "Anna Łukasik") -> Parts:
    context = CONTEXTS[kind] | links_of(kind)
    return render_parts(
        kind=kind, language=language, context=context | {"board": current_board(), "addressee": addressee}
    )


class Page(HTMLParser):
    """Parses the HTML part as a mail program does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.languages: list[str | None] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        attributes = dict(attrs)
        if tag == "a":
            self.links.append(attributes["href"])
        if "lang" in attributes:
            self.languages.append(attributes["lang"])

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_every_email_names_its_addressee_its_sender_and_a_phone(kind: Kind, language: str) -> None:
    parts = render(kind, language)

    assert parts.subject
    assert "\n" not in parts.subject
    for words in ("Anna Łukasik", "Okręgowa Komisja Egzaminacyjna w Poznaniu", "61 854 01 60", "61-655 Poznań"):
        assert words in parts.text


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_every_link_stands_alone_on_a_short_line(kind: Kind, language: str, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://serwis-egzaminatorow.oke.poznan.pl"

    parts = render(kind, language)

    expected = links_of(kind).values()
    lines = [line for line in parts.text.splitlines() if "://" in line]
    assert sorted(lines) == sorted(expected)
    assert all(len(line) < 76 for line in lines)
    assert Page(parts.html).links == lines


@pytest.mark.parametrize("kind", Kind)
def test_the_html_says_what_the_text_says(kind: Kind) -> None:
    parts = render(kind)

    page = Page(parts.html)
    assert page.languages == ["pl", "pl"]
    assert " ".join(parts.text.split()) in " ".join(page.words)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.RESET, Kind.ACCOUNT_UNFROZEN}])
def test_dates_are_in_the_addressees_language_and_our_time_zone(kind: Kind) -> None:
    hour_pl, hour_en = ("", "") if kind == Kind.DELETION_NOTICE else (r".* 10:54", " at 10:54")  # this kind names a day
    assert re.search(rf"22 listopada 2026\b{hour_pl}", render(kind, "pl").text)
    assert f"Nov. 22, 2026{hour_en}" in render(kind, "en").text


def test_markup_in_a_name_stays_text() -> None:
    parts = render(Kind.ACTIVATION, addressee='<b>Anna</b> & <script>alert(1)</script> "{{ link }}"')

    assert '<b>Anna</b> & <script>alert(1)</script> "{{ link }}"' in parts.text
    assert "b" not in Page(parts.html).tags
    assert "script" not in Page(parts.html).tags
    assert "&lt;b&gt;Anna&lt;/b&gt; &amp;" in parts.html


def test_a_name_cannot_bring_a_line_or_a_link_of_its_own() -> None:
    parts = render(Kind.ACTIVATION, addressee="Anna\n\nhttps://evil.example/\n\u202egnp.exe\0")

    assert [line for line in parts.text.splitlines() if line.startswith("http")] == [public_url(f"/a/{TOKEN}/")]
    assert "Anna https://evil.example/ gnp.exe" in parts.text
    assert Page(parts.html).links == [public_url(f"/a/{TOKEN}/")]
