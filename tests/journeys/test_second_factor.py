import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from egzaminator.accounts.models import Account
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.mfa import give_totp, totp_code
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey
STEP = "/konto/logowanie/drugi-krok/"
INDEX = "/konto/drugi-skladnik/"
CODES = "/konto/drugi-skladnik/kody/"


@pytest.fixture
def account(site: str) -> Account:
    return make_account(make_examiner())


def give_device(visitor: Visitor, *, verifies: bool = True) -> None:
    """Give the browser a virtual authenticator for passkeys, which verifies its user if `verifies`."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def follow(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def log_out(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Wyloguj się").click()
    visitor.is_at("/konto/wylogowano/")


def add_passkey(visitor: Visitor, name: str = "mój telefon") -> None:
    visitor.open("/konto/drugi-skladnik/klucz/")
    visitor.fill({"Nazwa klucza dostępu": name})
    visitor.press("Dodaj klucz dostępu")
    expect(visitor.page.get_by_text("Klucz dostępu jest dodany.")).to_be_visible()


def test_a_passkey_logs_in_alone_and_after_the_password(visitor: Visitor, account: Account) -> None:
    give_device(visitor)
    visitor.log_in()
    follow(visitor, "Drugi składnik i klucze dostępu")
    visitor.look()
    follow(visitor, "Dodaj klucz dostępu")
    visitor.look()
    visitor.press("Dodaj klucz dostępu")
    expect(visitor.page.get_by_role("link", name="Nazwij klucz dostępu, aby odróżnić go od innych")).to_be_visible()
    visitor.look()
    add_passkey(visitor)
    visitor.is_at(CODES)
    visitor.look()
    visitor.open(INDEX)
    expect(visitor.page.get_by_text("mój telefon")).to_be_visible()
    log_out(visitor)
    visitor.open("/konto/logowanie/")
    visitor.press("Użyj klucza dostępu")
    visitor.is_at("/konto/")
    log_out(visitor)
    visitor.open("/")
    visitor.page.locator(".login-box summary").click()
    visitor.look()
    visitor.page.locator(".login-box").get_by_role("button", name="Użyj klucza dostępu").click()
    visitor.is_at("/konto/")
    log_out(visitor)
    visitor.log_in()
    visitor.is_at(STEP)
    visitor.look()
    visitor.press("Użyj klucza dostępu")
    visitor.is_at("/konto/")
    visitor.open("/konto/potwierdzenie/")
    visitor.press("Użyj klucza dostępu")
    visitor.is_at(INDEX)
    visitor.page.get_by_role("link", name="Usuń: mój telefon").click()
    visitor.look()
    visitor.press("Usuń klucz dostępu")
    expect(visitor.page.get_by_text("Klucz dostępu jest usunięty.")).to_be_visible()
    log_out(visitor)
    visitor.log_in()
    visitor.is_at("/konto/")


def test_a_device_that_does_not_know_its_owner_gets_nowhere(visitor: Visitor, account: Account) -> None:
    give_device(visitor, verifies=False)
    visitor.log_in()
    visitor.open("/konto/drugi-skladnik/klucz/")
    visitor.fill({"Nazwa klucza dostępu": "cudzy"})
    visitor.press("Dodaj klucz dostępu")
    expect(visitor.page.get_by_role("alert").get_by_text("Klucz dostępu nie został użyty.")).to_be_visible()
    visitor.look()


def test_a_passkey_that_was_removed_is_refused_in_words(visitor: Visitor, account: Account) -> None:
    give_device(visitor)
    visitor.log_in()
    add_passkey(visitor)
    Authenticator.objects.filter(user=account).delete()
    log_out(visitor)
    visitor.open("/konto/logowanie/")
    visitor.press("Użyj klucza dostępu")
    expect(visitor.page.get_by_text("Nie udało się zalogować tym kluczem dostępu.")).to_be_visible()
    visitor.look()


@pytest.mark.parametrize("width", [320, 1280])
def test_an_app_and_a_recovery_code(new_visitor: NewVisitor, account: Account, width: int) -> None:
    visitor = new_visitor(width=width)
    page = visitor.page
    visitor.log_in()
    visitor.open("/konto/drugi-skladnik/aplikacja/")
    expect(page.get_by_role("img", name="Kod QR dla aplikacji z kodami")).to_be_visible()
    secret = page.locator(".secret-key").inner_text().replace(" ", "")
    visitor.fill({"Kod z aplikacji": "000000"})
    visitor.press("Dodaj aplikację")
    visitor.look()
    used = totp_code(secret)
    visitor.fill({"Kod z aplikacji": used})
    visitor.press("Dodaj aplikację")
    visitor.is_at(CODES)
    visitor.look()
    recovery = page.locator(".recovery-codes li").first.inner_text()
    visitor.open(INDEX)
    log_out(visitor)
    visitor.log_in()
    visitor.is_at(STEP)
    visitor.fill({"Kod z aplikacji lub kod zapasowy": used})
    visitor.press("Zaloguj się")
    expect(page.get_by_text(re.compile("Ten kod jest błędny albo był już użyty")).first).to_be_visible()
    visitor.look()
    visitor.fill({"Kod z aplikacji lub kod zapasowy": totp_code(secret, periods=1)})
    visitor.press("Zaloguj się")
    visitor.is_at("/konto/")
    visitor.open("/konto/potwierdzenie/")
    visitor.open("/konto/drugi-skladnik/aplikacja/usun/")
    log_out(visitor)
    visitor.log_in()
    visitor.fill({"Kod z aplikacji lub kod zapasowy": recovery})
    visitor.press("Zaloguj się")
    visitor.is_at("/konto/")
    expect(page.get_by_role("heading", name="Moje konto")).to_be_visible()


def test_codes_need_no_javascript(new_visitor: NewVisitor, account: Account) -> None:
    codes = give_totp(account)
    visitor = new_visitor(java_script_enabled=False)
    page = visitor.page
    for code in (totp_code(), codes[0]):
        page.goto("/konto/logowanie/")
        expect(page.get_by_role("button", name="Użyj klucza dostępu")).to_be_hidden()
        visitor.fill({"PESEL": PESELS[0], "Hasło": PASSWORD})
        visitor.press("Zaloguj się")
        visitor.fill({"Kod z aplikacji lub kod zapasowy": code})
        visitor.press("Zaloguj się")
        expect(page.get_by_role("heading", name="Moje konto")).to_be_visible()
        page.context.clear_cookies()


def test_staff_use_passkeys_too(visitor: Visitor, site: str) -> None:
    make_staff()
    give_device(visitor)
    visitor.page.goto("/konto/logowanie/?next=/konto/drugi-skladnik/klucz/")
    visitor.page.get_by_role("main").get_by_label("PESEL").fill("jan@oke.example")
    visitor.fill({"Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/konto/drugi-skladnik/klucz/")
    add_passkey(visitor)
    visitor.open(INDEX)
    log_out(visitor)
    visitor.page.goto("/konto/logowanie/?next=/konto/drugi-skladnik/")
    visitor.press("Użyj klucza dostępu")
    visitor.is_at(INDEX)
