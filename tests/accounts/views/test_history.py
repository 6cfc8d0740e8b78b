import re

import pytest
from django.test import Client

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.journal import PAGE_SIZE
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import words_of

pytestmark = pytest.mark.django_db
LOOKS = "/konto/historia/kto-ogladal/"


@pytest.fixture
def anna() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def browser_of_anna(client: Client, anna: Account) -> Client:
    client.force_login(anna)
    return client


def look(account: Account, tag: Tag = Tag.EXAMINER_LOOKED_UP, roles: tuple[str, ...] = ()) -> Event:
    by = Actor(make_staff(email=f"jan{Account.objects.count()}@oke.example").id, "192.0.2.99")
    return record_event(tag=tag, by=by, subject=account.examiner_id, details={"roles": list(roles)})


def test_the_owner_reads_the_role_and_neither_name_nor_network_address(anna: Account, browser_of_anna: Client) -> None:
    look(anna, roles=("ewidencja", "pomoc"))
    look(anna, Tag.CASE_LOOKED_UP)
    other = make_account(make_examiner(pesel=PESELS[1], numbers=("B-2",)))
    look(other, roles=("inspektor",))
    record_event(tag=Tag.PASSWORD_CHANGED, by=Actor(anna.id), subject=anna.id)
    page = browser_of_anna.get(LOOKS)
    words = words_of(page)
    assert "Ewidencja, Pomoc Pracownik komisji sprawdził konto, żeby pomóc" in words
    assert f"Pracownik komisji {Tag.CASE_LOOKED_UP.label}" in words
    hidden = ("Nowak", "192.0.2.99", "Inspektor", str(Tag.PASSWORD_CHANGED.label))
    assert [word for word in hidden if word in words] == []


def test_nobody_looked_yet(browser_of_anna: Client) -> None:
    assert "Nikt jeszcze do niego nie zaglądał." in words_of(browser_of_anna.get(LOOKS))


def test_it_has_pages_and_asks_for_a_log_in(anna: Account, browser_of_anna: Client) -> None:
    for _number in range(PAGE_SIZE + 2):
        look(anna, roles=("pomoc",))
    first = browser_of_anna.get(LOOKS).content.decode()
    (older,) = re.findall(r'href="(\?after=[0-9a-f-]{36})"', first)
    second = browser_of_anna.get(LOOKS + older).content.decode()
    assert [page.count('class="history__time"') for page in (first, second)] == [PAGE_SIZE, 2]
    assert Client().get(LOOKS)["Location"] == f"/konto/logowanie/?next={LOOKS}"
