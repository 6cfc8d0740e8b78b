"""Calls to the help desk, each from the first screen of the panel to what the caller was promised."""

import pytest
from playwright.sync_api import expect

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey


@pytest.fixture
def helper(visitor: Visitor) -> Visitor:
    make_staff(roles=[Role.HELP_DESK])
    visitor.open("/konto/logowanie/?next=/panel/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/panel/")
    return visitor


def find(helper: Visitor, asked: str) -> None:
    helper.fill({"PESEL, identyfikator lub numer ewidencyjny": asked})
    helper.press("Znajdź osobę")
    helper.sees("Anna Maria Łukasik")


def follow(helper: Visitor, name: str) -> None:
    helper.page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    helper.sees(name)


def test_the_e_mail_does_not_come(helper: Visitor) -> None:
    """It went to a mistyped address: the helper sends it again in vain, corrects the address, and the e-mail goes."""
    make_claim(make_examiner(numbers=("A-1",)), email="ana@example.org")
    Claim.objects.update(last_sent_at=None)
    find(helper, "A-1")
    expect(helper.page.get_by_text("Powiedz:").first).to_be_visible()
    helper.press("Wyślij ponownie")
    expect(helper.page.get_by_text("Wysyłamy ponownie e-mail aktywacyjny.")).to_be_visible()
    follow(helper, "Popraw adres")
    helper.look_in_every_light()
    helper.fill({"Właściwy adres e-mail": "anna@", "Powód": "Rozmowa, data decyzji"})
    helper.press("Popraw i wyślij")
    helper.look()
    helper.fill({"Właściwy adres e-mail": "anna@example.org"})
    helper.press("Popraw i wyślij")
    expect(helper.page.get_by_text("Adres jest poprawiony")).to_be_visible()
    helper.look_in_every_light()
    assert Email.objects.filter(kind=EmailKind.ACTIVATION, email="anna@example.org").count() == 1


def test_a_log_in_was_refused_with_a_case_code(helper: Visitor) -> None:
    """The code leads to the reason, what to say, and the person's page, which shows the code too."""
    examiner = make_examiner(numbers=("A-1",))
    make_account(examiner)
    caller = helper.page.context.browser
    assert caller is not None
    page = caller.new_page(base_url=helper.page.url)
    page.goto("/konto/logowanie/")
    main = page.get_by_role("main")
    main.get_by_label("PESEL", exact=True).fill(PESELS[0])
    main.get_by_label("Hasło", exact=True).fill("A-1")
    main.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.get_by_text("Kod sprawy")).to_be_visible()
    page.close()
    code = Event.objects.get(tag=Tag.LOGIN_REFUSED).case_code
    helper.fill({"Kod sprawy": code})
    helper.press("Sprawdź")
    expect(helper.page.get_by_text("Proszę wpisać własne hasło, a nie numer ewidencyjny.")).to_be_visible()
    helper.look_in_every_light()
    helper.page.get_by_role("link", name="Otwórz stronę tej osoby").click()
    helper.sees("Anna Maria Łukasik")
    expect(helper.page.get_by_text(code)).to_be_visible()


def test_somebody_is_in_the_account(helper: Visitor) -> None:
    """Freezing takes three clicks after the search, and what to say is on the page."""
    make_account(make_examiner(numbers=("A-1",)))
    find(helper, "A-1")
    helper.page.get_by_text("Ktoś przejął konto").click()
    expect(helper.page.get_by_text("Teraz blokuję konto.")).to_be_visible()
    helper.look_in_every_light()
    follow(helper, "Zablokuj konto")
    helper.fill({"Powód": "Rozmowa, data decyzji"})
    helper.press("Zablokuj konto")
    expect(helper.page.get_by_text("wszyscy zostali wylogowani")).to_be_visible()
    helper.look()
    assert Account.objects.get(examiner__isnull=False).state == AccountState.FROZEN
