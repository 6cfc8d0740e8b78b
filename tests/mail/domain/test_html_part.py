"""How the HTML of an e-mail looks, for every kind and in both languages."""

import pytest

from egzaminator.core.board import current_board
from egzaminator.mail.catalogue import Audience, EmailKind
from egzaminator.mail.domain.render import Parts, public_url
from tests.helpers.letter import Letter, contrast
from tests.helpers.mail import LINK, LOGIN, render_example

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TAGS = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "p", "a", "br", "strong"}
BELOW = {
    "pl": "Przycisk nie działa? Skopiuj ten adres do przeglądarki:",
    "en": "The button does not work? Copy this address into your browser:",
}
LABELS = {
    EmailKind.ACTIVATION: ("Aktywuj konto", "Activate account"),
    EmailKind.RESET: ("Ustaw nowe hasło", "Set a new password"),
    EmailKind.ACCOUNT_UNFROZEN: ("Ustaw nowe hasło", "Set a new password"),
    EmailKind.NEW_EMAIL: ("Potwierdź adres", "Confirm the address"),
    EmailKind.EMAIL_CHECK: ("Potwierdź adres", "Confirm the address"),
    EmailKind.STAFF_INVITATION: ("Ustaw nowe hasło", "Set a new password"),
}


@pytest.fixture(params=[(kind, language) for kind in EmailKind for language in ("pl", "en")], ids=str)
def sent(request: pytest.FixtureRequest) -> tuple[EmailKind, str, Parts]:
    """A kind of e-mail, the language in which it is written, and what is sent."""
    kind, language = request.param
    return kind, "pl" if kind.audience is Audience.BOARD else language, render_example(kind, language)


def test_the_kinds_with_a_main_button_are_those_that_wait_for_it() -> None:
    assert {kind for kind in EmailKind if kind.button and not kind.button.is_warning} == set(LABELS)


def test_the_link_is_one_button_with_the_bare_address_below_it(sent: tuple[EmailKind, str, Parts]) -> None:
    kind, language, parts = sent
    letter = Letter(parts.html)

    buttons = [run for run in letter.shown if run.is_in("action")]
    if kind.button is None:
        assert buttons == []
        assert BELOW[language] not in parts.html
        return

    [button] = buttons
    assert button.around[-1].tag == "a"
    assert button.around[-1].attributes["href"] == public_url(LINK)
    assert (button.is_in("action-main"), button.is_in("action-quiet")) == (kind in LABELS, kind not in LABELS)
    if kind in LABELS:
        assert button.words == LABELS[kind][("pl", "en").index(language)]
    else:
        assert button.words.startswith({"pl": "To nie ja – ", "en": "It was not me: "}[language])
    index = letter.shown.index(button)
    assert [run.words for run in letter.shown[index + 1 : index + 3]] == [BELOW[language], public_url(LINK)]
    assert public_url(LINK) in parts.text.splitlines()
    assert letter.links == ([public_url(LOGIN)] if kind is EmailKind.ACTIVATED else []) + [public_url(LINK)]


def test_the_html_says_what_the_text_says(sent: tuple[EmailKind, str, Parts]) -> None:
    _, language, parts = sent
    letter = Letter(parts.html)

    with_button = [run for run in letter.shown if not run.is_in("band") and not run.is_in("h1")]
    said = [run.words for run in with_button if not run.is_in("action") and run.words != BELOW[language]]
    assert " ".join(said) == " ".join(parts.text.split())


def test_its_head_names_the_board_the_service_and_the_subject(sent: tuple[EmailKind, str, Parts]) -> None:
    _, language, parts = sent
    letter = Letter(parts.html)

    head = [run.words for run in letter.shown if run.is_in("band") or run.is_in("h1")]
    service = {"pl": "Serwis egzaminatorów", "en": "Examiners' service"}[language]
    assert head == [current_board().name, service, parts.subject]
    assert [run.words for run in letter.shown][:3] == head
    assert f"<title>{parts.subject}</title>" in parts.html
    languages = [one.attributes["lang"] for one in letter.elements if "lang" in one.attributes]
    assert languages == [language, language, "pl"]  # again inside, as some mail programs drop <html>; the board's name


def test_lists_of_e_mails_show_its_first_sentence(sent: tuple[EmailKind, str, Parts]) -> None:
    _, _, parts = sent
    letter = Letter(parts.html)

    [hidden] = [run for run in letter.runs if run not in letter.shown]
    assert letter.runs[0] == hidden
    paragraphs = parts.text.split("\n\n")
    greeting = {"Dzień dobry!", "Hello Anna Łukasik,"} & set(paragraphs)
    assert hidden.words == paragraphs[paragraphs.index(greeting.pop()) + 1].splitlines()[0]


def test_it_loads_nothing_and_leads_nowhere_else(sent: tuple[EmailKind, str, Parts]) -> None:
    kind, _, parts = sent
    letter = Letter(parts.html)

    assert letter.tags <= TAGS
    assert parts.html.count("://") == len(letter.links) + (kind.button is not None) + (kind is EmailKind.ACTIVATED)
    assert "url(" not in parts.html
    assert "@import" not in parts.html
    assert {"src", "background"}.isdisjoint(name for one in letter.elements for name in one.attributes)


def test_it_can_be_read_without_its_style_sheets(sent: tuple[EmailKind, str, Parts]) -> None:
    _, _, parts = sent
    letter = Letter(parts.html)

    for run in letter.shown:
        assert contrast(run.style["color"], run.style["background-color"]) >= 4.5
        assert int(run.style["font-size"].removesuffix("px")) >= 16
        assert run.style["font-family"] == "Arial, sans-serif"
    for element in letter.elements:
        if element.tag == "a":  # programs give links a colour of their own
            assert "color: " in element.attributes["style"]
        if element.tag == "table":
            assert element.attributes["role"] == "presentation"
        if "bgcolor" in element.attributes:  # what Outlook for Windows reads is what all others read
            assert f"background-color: {element.attributes['bgcolor']}" in element.attributes["style"]


def test_comments_are_only_for_outlook(sent: tuple[EmailKind, str, Parts]) -> None:
    _, _, parts = sent

    opening, closing = Letter(parts.html).comments
    table = opening.removeprefix("[if mso]>").removesuffix("<![endif]")
    Letter(table + closing.removeprefix("[if mso]>").removesuffix("<![endif]"))
