"""Two records with accounts are joined by two persons, each at the screens of the panel."""

import re

import pytest
from django.test import Client

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_account, make_examiner, make_old, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.panel.staff_browser import REVIEW, browser_of, send
from tests.records.editing import correct_names, decided_entry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANNA, OTHER = "anna@example.org", "druga@example.org"


@pytest.fixture
def first() -> Client:
    return browser_of(make_staff())


@pytest.fixture
def second() -> Client:
    return browser_of(make_staff(email="ewa@oke.example", name="Ewa Druga", roles=[Role.HELP_DESK]))


@pytest.fixture
def kept() -> Account:
    record = make_examiner(numbers=())
    decided_entry(record, "A/1")
    return make_old(make_account(record, email=ANNA))


@pytest.fixture
def other() -> Account:
    record = make_examiner(pesel=None, numbers=(), identifier="UA-17", identifier_key="ua-17", surname="Lukasik")
    decided_entry(record, "B/2")
    return make_old(make_account(record, email=OTHER))


def page_of(account: Account) -> str:
    return f"/panel/egzaminatorzy/{account.examiner_id}/"


def join_page(kept: Account, other: Account) -> str:
    return f"{page_of(kept)}polacz/{other.examiner_id}/"


def fill(client: Client, path: str, **fields: str) -> Response:
    return send(client, path, **(fields_of(client.get(path)) | {"reason": "Pismo z 3 marca"} | fields))


def test_one_asks_and_another_confirms(kept: Account, other: Account, first: Client, second: Client) -> None:
    page = words_of(first.get(join_page(kept, other)))
    for said in ("Które konto zostaje", ANNA, OTHER, "A/1 (aktywny)", "B/2 (aktywny)", "Poproś o połączenie"):
        assert said in page
    answer = fill(first, join_page(kept, other))
    assert "Wybierz konto, które zostaje" in words_of(answer)
    assert fields_of(answer)["reason"] == "Pismo z 3 marca"
    assert fill(first, join_page(kept, other), stays=str(other.id))["Location"] == page_of(kept)
    act = Act.objects.get()
    assert (act.account, act.closed_account, act.kept) == (other, kept, kept.examiner)
    assert "Czeka na potwierdzenie przez innego pracownika" in words_of(first.get(page_of(kept)))

    review = words_of(second.get(REVIEW))
    assert "Anna Maria Lukasik, Anna Maria Łukasik" in review
    assert "połączenie dwóch zapisów" in review
    for account in (kept, other):
        words = words_of(second.get(page_of(account)))
        assert all(said in words for said in ("Pismo z 3 marca", f"{ANNA}, zostanie zamknięte", f"{OTHER}, zostaje"))
        assert "Potwierdź i wykonaj" in words
    looks = Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP, actor=Account.objects.get(name="Ewa Druga").id)
    assert [looks.filter(subject=account.examiner_id).count() for account in (kept, other)] == [2, 2]

    assert send(second, f"/panel/dwie-osoby/{act.id}/potwierdz/").status_code == 302
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.state, other.state) == ("closed", "active")
    assert Examiner.objects.get(joined_into=None) == other.examiner
    page = words_of(second.get(page_of(other)))
    assert "Zrobione" in page
    assert "Czeka na drugą osobę" not in page
    assert second.get(page_of(kept))["Location"] == page_of(other)
    assert ANNA in page  # the e-mails to the closed account


def test_what_is_refused_is_told_in_words(kept: Account, other: Account, first: Client) -> None:
    path = join_page(kept, other)
    opened = fields_of(first.get(path)) | {"reason": "Pismo", "stays": str(kept.id)}
    forged = send(first, path, **(opened | {"stays": str(make_staff(email="x@oke.example").id)}))
    assert "Wybierz konto, które zostaje" in words_of(forged)
    assert other.examiner is not None
    correct_names(other.examiner, "Lis")
    answer = send(first, path, **opened)
    assert "zmienił to ktoś inny" in words_of(answer)
    assert re.search(rf'<input[^>]* value="{kept.id}"[^>]* checked', answer.content.decode())
    assert not Act.objects.exists()
    assert send(first, path, **fields_of(answer), stays=str(kept.id))["Location"] == page_of(kept)
    assert "czeka już na drugą osobę" in words_of(fill(first, path, stays=str(kept.id)))
    own = browser_of(make_staff(email=OTHER))
    assert fill(own, path, stays=str(kept.id))["Location"] == page_of(kept)
    assert "To zapis o tobie" in words_of(own.get(page_of(kept)))
    assert Act.objects.count() == 1


def test_a_form_of_one_person_is_not_enough_once_both_have_an_account(kept: Account, first: Client) -> None:
    record = make_examiner(pesel=None, numbers=(), identifier="UA-17", identifier_key="ua-17")
    path = f"{page_of(kept)}polacz/{record.id}/"
    opened = fields_of(first.get(path)) | {"reason": "Pismo"}
    assert "stays" not in opened
    make_account(record, email=OTHER)
    assert "Wybierz konto, które zostaje" in words_of(send(first, path, **opened))
    assert Examiner.objects.filter(joined_into=None).count() == 2
