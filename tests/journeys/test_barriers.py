"""Every page and screen, wide and narrow, light and dark: axe, the console and the width of the window."""

import json
from collections.abc import Iterable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse
from playwright.sync_api import Route, expect
from wagtail.models import Page

from egzaminator import urls
from egzaminator.accounts.hashers import HashingSlots
from egzaminator.cms.models import ArticlePage, HomePage
from egzaminator.core.process_state import process_state
from egzaminator.web.errors import standalone_page
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import HasContent
from tests.helpers.mfa import give_totp
from tests.helpers.public_site import EVERY_BLOCK
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey

SEARCHES = ("/szukaj/?q=spam", "/szukaj/?q=qqqq", f"/szukaj/?q={'x' * 101}")
MORE_FOR_ALL = ("/en/", "/en/konto/logowanie/", "/en/pomoc/pierwsze-logowanie/", "/konto/logowanie/?next=/panel/")
WITHOUT_COOKIES = "/konto/logowanie/ciasteczka/"  # redirects whoever has cookies
DEAD = ("/nie-ma/", *(f"/{purpose}/abcdefghijklmnopqrstuv/" for purpose in "ashen"))


def screens(*, for_all: bool) -> list[str]:
    """Return the paths of the service's own screens: those open to anonymous visitors, or the others."""
    found = []
    group = urls.urlpatterns[0]
    assert isinstance(group, URLResolver)
    for pattern in group.url_patterns:
        assert isinstance(pattern, URLPattern)
        try:
            address = reverse(pattern.name)
        except NoReverseMatch:  # it has a parameter: the journeys that get there look at it
            continue
        if (Client().get(address).status_code == 200) is for_all:
            found.append(address)
    return found


def look_at(visitor: Visitor, addresses: Iterable[str]) -> set[str]:
    """Look at those that answer with 200, and return them. Redirects and POST-only paths are no screens now."""
    opened = set()
    for address in addresses:
        if visitor.page.request.get(address, max_redirects=0).status == 200:
            visitor.page.goto(address)
            look(visitor)
            opened.add(address)
    return opened


def look(visitor: Visitor) -> None:
    visitor.look_in_every_light()
    expect(visitor.page.locator("h1")).to_have_count(1)


@pytest.mark.usefixtures("default_pages")
def test_pages(visitor: Visitor) -> None:
    article = ArticlePage(title="Wszystkie bloki", slug="bloki", lead="Po jednym.", body=json.dumps(EVERY_BLOCK))
    HomePage.objects.get().add_child(instance=article).save_revision().publish()
    addresses = {page.url for page in Page.objects.live().filter(depth__gt=1)}
    assert {"/", "/bloki/", "/pomoc/", "/aktualnosci/serwis-dziala/", "/deklaracja-dostepnosci/"} < addresses
    assert look_at(visitor, addresses) == addresses
    visitor.page.locator(".login-box summary").click()
    visitor.look_in_every_light()


@pytest.mark.usefixtures("default_pages")
def test_screens_for_all(visitor: Visitor) -> None:
    own = set(screens(for_all=True)) - {page.url for page in Page.objects.live()}
    assert {"/konto/logowanie/", "/konto/haslo/", "/konto/aktywne/", "/szukaj/"} < own
    addresses = {*own, *MORE_FOR_ALL, *SEARCHES} - {WITHOUT_COOKIES}
    assert look_at(visitor, addresses) == addresses
    visitor.page.context.clear_cookies()
    assert look_at(visitor, [WITHOUT_COOKIES]) == {WITHOUT_COOKIES}
    for address in DEAD:
        visitor.page.goto(address)
        visitor.forget_the_status()
        look(visitor)


def look_at_answer(visitor: Visitor, answer: HasContent) -> None:
    """Look at a page that a browser gets only in rare conditions."""

    def fulfill(route: Route) -> None:
        route.fulfill(content_type="text/html", body=answer.content)

    visitor.page.route("**/szukaj/", fulfill, times=1)
    visitor.page.goto("/szukaj/")
    look(visitor)


@pytest.mark.parametrize("template", ["400", "500", "undecryptable", "maintenance"])
def test_pages_that_need_no_database(visitor: Visitor, template: str) -> None:
    look_at_answer(visitor, standalone_page(f"errors/{template}.html", status=500, case_code="ABCD-EFGH"))


def test_what_may_be_tried_again(visitor: Visitor) -> None:
    """A form without its CSRF token, and a log-in while all hashing slots are taken."""
    look_at_answer(visitor, Client(enforce_csrf_checks=True).post("/konto/haslo/", {"name": PESELS[0]}))
    expect(visitor.page.locator("h1")).to_have_text("Nie udało się sprawdzić formularza")
    slots = process_state.get(HashingSlots)
    slots.patience = 0
    while slots.hashing.acquire(blocking=False):
        pass
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    look_at_answer(visitor, client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}))
    expect(visitor.page.locator("h1")).to_have_text("Loguje się bardzo dużo osób")


def test_the_way_to_an_account(visitor: Visitor) -> None:
    examiner = make_examiner(numbers=("A-1",))
    visitor.log_in("zły numer")
    visitor.look_in_every_light()
    visitor.log_in("A-1")
    visitor.is_at("/konto/zakladanie/")
    look(visitor)
    visitor.press("Zapisz")
    expect(visitor.page.locator(".error-summary")).to_be_focused()
    look(visitor)
    make_claim(examiner)
    visitor.log_in()
    visitor.is_at("/konto/aktywacja/")
    assert look_at(visitor, screens(for_all=False)) == {"/konto/aktywacja/", "/konto/aktywacja/adres/"}


def test_the_account(visitor: Visitor) -> None:
    account = make_account(make_examiner(numbers=("A-1", "A-2")))
    visitor.log_in()
    visitor.is_at("/konto/")
    opened = look_at(visitor, screens(for_all=False))
    assert {"/konto/", "/konto/dane/", "/konto/adres/", "/konto/moje-dane/", "/konto/drugi-skladnik/klucz/"} < opened
    give_totp(account, goes_on=True)
    with_an_app = {"/konto/drugi-skladnik/", "/konto/drugi-skladnik/kody/", "/konto/drugi-skladnik/aplikacja/usun/"}
    assert look_at(visitor, with_an_app) == with_an_app
    visitor.page.context.clear_cookies()
    visitor.log_in()
    visitor.is_at("/konto/logowanie/drugi-krok/")
    visitor.look_in_every_light()


def test_what_staff_see(visitor: Visitor) -> None:
    make_account(make_examiner(numbers=("A-1",)))
    make_staff()
    visitor.open("/konto/logowanie/?next=/panel/sprawy/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/panel/sprawy/")
    own = {"/panel/", "/panel/sprawy/", "/panel/egzaminatorzy/", "/panel/moje-konto/"}
    own |= {"/panel/ustawienia/", "/panel/ustawienia/kontakt/", "/panel/dziennik/"}
    assert look_at(visitor, own) == own
    visitor.page.goto("/panel/egzaminatorzy/")
    visitor.fill({"Szukaj": "A-1"})
    visitor.press("Szukaj")
    visitor.sees("Anna Maria Łukasik")
    look(visitor)
    visitor.page.goto("/panel/ustawienia/kontakt/")
    visitor.fill({"E-mail": "bez małpy"})
    visitor.press("Zapisz")
    look(visitor)


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_the_panels_menu_opens_on_a_phone_without_scripts_too(
    new_visitor: NewVisitor, *, java_script_enabled: bool
) -> None:
    make_staff()
    phone = new_visitor(width=320, java_script_enabled=java_script_enabled).page
    phone.goto("/konto/logowanie/?next=/panel/")
    phone.get_by_role("main").get_by_label("Służbowy adres e-mail").fill("jan@oke.example")
    phone.get_by_role("main").get_by_label("Hasło", exact=True).fill(PASSWORD)
    phone.get_by_role("main").get_by_role("button", name="Zaloguj się", exact=True).click()
    menu = phone.get_by_role("navigation", name="Panel")
    expect(menu).to_be_hidden()
    phone.get_by_text("Menu panelu").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Kody spraw").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kody spraw")
    expect(menu).to_be_hidden()
    phone.set_viewport_size({"width": 1280, "height": 720})
    expect(menu).to_be_visible()
    expect(phone.get_by_text("Menu panelu")).to_be_hidden()
    box = menu.bounding_box()
    assert box is not None
    assert 208 <= box["width"] <= 224


def test_two_of_the_staff_give_an_account_back(visitor: Visitor, new_visitor: NewVisitor) -> None:
    """One asks, another confirms, each in a browser of their own. Both pages are checked by axe."""
    account = make_account(make_examiner(numbers=("A-1",)))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    freeze(account)
    make_staff()
    make_staff(email="ewa@oke.example", name="Ewa Druga")
    page = f"/panel/egzaminatorzy/{account.examiner_id}/"
    enter(visitor, "jan@oke.example", page)
    look(visitor)
    visitor.page.get_by_role("link", name="Odblokuj konto", exact=True).click()
    look(visitor)
    visitor.fill({"Powód": "Rozmowa, numer decyzji"})
    visitor.press("Poproś o odblokowanie konta")
    visitor.sees("Czeka na drugą osobę: oddanie konta właścicielowi")
    look(visitor)
    second = new_visitor(width=320)
    enter(second, "ewa@oke.example", page)
    look(second)
    second.press("Potwierdź i wykonaj")
    expect(second.page.get_by_text("Zrobione. Właściciel konta dostanie o tym e-mail.")).to_be_visible()
    account.refresh_from_db()
    assert account.state == "active"


def enter(visitor: Visitor, email: str, page: str) -> None:
    visitor.open(f"/konto/logowanie/?next={page}")
    visitor.fill({"Służbowy adres e-mail": email, "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at(page)
