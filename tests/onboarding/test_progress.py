"""The steps to an account, and the parts of its form, without JavaScript."""

import pytest
from django.test import Client
from django.test.html import Element, parse_html

from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import PASSWORD, PESELS, make_claim, make_examiner
from tests.helpers.html import HasContent
from tests.helpers.links import mailed_path

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FORM = "/konto/zakladanie/"
STEPS = ["Formularz", "E-mail z linkiem", "Konto aktywne"]
LEGENDS = [
    "Konto",
    "Dane osobowe",
    "Adres zamieszkania",
    "Adres do korespondencji",
    "Dane o zatrudnieniu",
]


def elements(root: Element, tag: str, named: str = "") -> list[Element]:
    """Return the elements of a kind inside another, and if it is given, with this class alone, in their order."""
    found = []
    for child in root.children:
        if isinstance(child, Element):
            if child.name == tag and named in ("", dict(child.attributes).get("class")):
                found.append(child)
            found += elements(child, tag, named)
    return found


def words(element: Element) -> str:
    texts = [words(child) if isinstance(child, Element) else child for child in element.children]
    return " ".join(" ".join(texts).split())


def parts(page: HasContent) -> Element:
    (found,) = elements(parse_html(page.content.decode()), "nav", "card")
    return found


def states(page: HasContent) -> list[str]:
    return [words(state) for state in elements(parts(page), "span")]


def current_step(page: HasContent) -> list[str]:
    (steps,) = elements(parse_html(page.content.decode()), "ol", "progress")
    items = elements(steps, "li")
    assert [words(item).removesuffix(" (gotowe)") for item in items] == STEPS
    return [words(item) for item in items if ("aria-current", "step") in item.attributes]


@pytest.fixture
def first_login(browser: Client) -> Client:
    make_examiner(numbers=("A-1",))
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    return browser


def test_the_form_is_the_first_step(first_login: Client) -> None:
    page = first_login.get(FORM)
    assert current_step(page) == ["Formularz"]
    form = parse_html(page.content.decode())
    assert [words(legend) for legend in elements(form, "legend")] == LEGENDS
    assert [words(part) for part in elements(form, "p", "part__number")] == [f"Część {n} z 4" for n in (1, 2, 3, 4)]


def test_the_parts_are_links_to_the_fieldsets(first_login: Client) -> None:
    page = first_login.get(FORM)
    links = [(str(dict(link.attributes)["href"]), words(link)) for link in elements(parts(page), "a")]
    assert links == [
        ("#fieldset-account", "Konto"),
        ("#fieldset-personal", "Dane osobowe"),
        ("#fieldset-home", "Adres zamieszkania"),
        ("#fieldset-employment", "Dane o zatrudnieniu"),
    ]
    assert states(page) == [""] * 4
    assert [page.content.decode().count(f'id="{href[1:]}"') for href, _words in links] == [1] * 4


def test_the_parts_say_their_errors(first_login: Client) -> None:
    first_login.get(FORM)
    token = {"csrfmiddlewaretoken": first_login.cookies["csrf"].value}
    page = first_login.post(FORM, token | {"country": "PL", "first_name": "Anna", "employment": "retired"})
    assert states(page) == ["3 błędy", "2 błędy", "5 błędów", ""]
    differs = {"has_correspondence_address": "on", "correspondence_country": "PL"}
    page = first_login.post(FORM, token | differs | {"country": "PL", "surname": "Nowak", "birthplace": "Śrem"})
    assert states(page) == ["3 błędy", "1 błąd", "8 błędów", "1 błąd"]


def test_the_e_mail_is_the_second_step(browser: Client) -> None:
    make_claim(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert current_step(browser.get("/konto/aktywacja/")) == ["E-mail z linkiem"]
    assert current_step(browser.get(mailed_path(EmailKind.ACTIVATION, "anna@example.org"))) == ["E-mail z linkiem"]


def test_the_active_account_is_the_last_step() -> None:
    assert current_step(Client().get("/konto/aktywne/")) == ["Konto aktywne"]
