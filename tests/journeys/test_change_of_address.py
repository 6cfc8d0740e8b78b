import re

import pytest
from playwright.sync_api import expect

from tests.helpers.factories import PASSWORD, make_account, make_examiner
from tests.helpers.receiver import Receiver
from tests.journeys.visitor import NewVisitor, Post

pytestmark = pytest.mark.journey
NEW = "zupełnie nowe hasło 2026"


@pytest.mark.parametrize("width", [320, 1280])
def test_a_new_address_a_new_password_and_what_is_held_about_me(
    new_visitor: NewVisitor, post_goes_out: Post, mailbox: Receiver, width: int
) -> None:
    make_account(make_examiner())
    visitor = new_visitor(width=width)
    visitor.log_in()
    visitor.page.get_by_role("link", name="Adres e-mail", exact=True).click()
    visitor.is_at("/konto/adres/")
    visitor.fill({"Nowy adres e-mail": "sekretariat@example.org", "Obecne hasło": PASSWORD})
    visitor.press("Wyślij link")
    visitor.sees("Sprawdź, co trzeba poprawić")
    visitor.fill({"Nowy adres e-mail": "nowa@example.org", "Obecne hasło": PASSWORD})
    visitor.press("Wyślij link")
    visitor.sees("Nowy adres czeka na potwierdzenie")
    post_goes_out()
    (letter,) = [received for received in mailbox.received if received.recipient == "nowa@example.org"]
    (link,) = re.findall(r"^(http://\S+/e/\S+)\s*$", letter.body("plain"), re.MULTILINE)
    visitor.page.reload()
    visitor.sees("E-mail jest w drodze")
    phone = new_visitor(width=width)
    phone.open(link)
    phone.fill({"Obecne hasło": PASSWORD})
    phone.press("Potwierdź adres")
    phone.is_at("/konto/adres/zmieniony/")
    visitor.open("/konto/")
    expect(visitor.page.get_by_text("nowa@example.org", exact=True)).to_be_visible()
    visitor.page.get_by_role("link", name="Hasło", exact=True).click()
    visitor.is_at("/konto/zmiana-hasla/")
    visitor.fill({"Obecne hasło": PASSWORD, "Nowe hasło": NEW, "Powtórz hasło": NEW})
    visitor.press("Zapisz")
    visitor.is_at("/konto/")
    visitor.page.get_by_role("link", name="Wiadomości od komisji").click()
    visitor.is_at("/konto/wiadomosci/")
    visitor.page.get_by_role("link", name="Zmieniono twój adres e-mail").click()
    visitor.sees("Zmieniono twój adres e-mail w Serwisie egzaminatorów")
    visitor.open("/konto/moje-dane/")
    with visitor.page.expect_download() as download:
        visitor.press("Pobierz plik (JSON)")
    assert download.value.suggested_filename == "moje-dane.json"
    visitor.press("Pokaż do czytania i druku")
    visitor.sees("Wpisy w ewidencji")
