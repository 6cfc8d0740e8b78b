"""The correction of an address on the screens: asked for, confirmed, and the link's page."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.models import Act, AloneChange
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_old, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path, mailed_token
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KNOWN, NEW = "znana@example.org", "nowa@example.net"
FIELDS = {"correct-email-email": NEW, "correct-email-reason": "Rozmowa, numer decyzji"}


@pytest.fixture
def account() -> Account:
    return make_old(make_account(make_examiner(email=KNOWN)))


@pytest.fixture
def first() -> Client:
    return browser_of(make_staff())


@pytest.fixture
def second() -> Client:
    return browser_of(make_staff(email="ewa@oke.example", name="Ewa Druga"))


@pytest.fixture
def page(account: Account) -> str:
    return f"/panel/egzaminatorzy/{account.examiner_id}/"


def answer(client: Client, page: str, what: str) -> Response:
    """Press the button of the act that waits, with everything that its form holds."""
    fields = fields_of(client.get(page))
    return client.post(f"/panel/dwie-osoby/{Act.objects.get(outcome='').id}/{what}/", fields)


def test_it_is_asked_for_confirmed_and_proven(account: Account, first: Client, second: Client, page: str) -> None:
    assert "Popraw adres" in words_of(first.get(page))
    assert "Poproś o poprawienie adresu" in words_of(first.get(f"{page}adres/"))
    assert send(first, f"{page}adres/", **FIELDS)["Location"] == page
    assert "poprawienie adresu e-mail" in words_of(first.get(page))
    assert "poprawienie adresu e-mail" in words_of(second.get("/panel/do-sprawdzenia/"))
    words = words_of(second.get(page))
    assert all(said in words for said in (account.email, NEW, "ważny trzy dni", "Jan Nowak", "Rozmowa, numer decyzji"))
    assert "Ten adres ma też inne konto" not in words

    assert answer(second, page, "potwierdz")["Location"] == page
    words = words_of(second.get(page))
    assert "Wysyłamy link na nowy adres" in words
    assert f"czeka na potwierdzenie {NEW}." in words

    owner, path = Client(headers={"Sec-Fetch-Site": "same-origin"}), mailed_path(EmailKind.NEW_EMAIL, NEW)
    shown = owner.get(path)
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "strict-origin")
    assert "PESEL lub identyfikator" in words_of(shown)
    assert "To nie jest PESEL" in words_of(owner.post(path, {"name": PESELS[1]}))
    assert "Wpisz swój PESEL lub identyfikator" in words_of(owner.post(path, {"name": ""}))
    assert "link w nim pozwoli ci ustawić nowe hasło" in words_of(owner.post(path, {"name": PESELS[0]}))
    assert Account.objects.get(pk=account.pk).email == NEW
    assert owner.get(path).status_code == 410
    assert owner.get(mailed_path(EmailKind.RESET, NEW)).status_code == 200


def test_the_owner_reads_of_it_and_cancels_it(account: Account, first: Client, second: Client, page: str) -> None:
    send(first, f"{page}adres/", **FIELDS)
    answer(second, page, "potwierdz")
    owner = Client(headers={"Sec-Fetch-Site": "same-origin"})
    owner.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    history = words_of(owner.get("/konto/historia/"))
    assert "Pracownik komisji poprosił o zgodę drugiej osoby: poprawienie adresu e-mail" in history
    assert "Drugi pracownik komisji zgodził się" in history
    assert "Ten adres zapisała komisja" in words_of(owner.get("/konto/adres/"))
    owner.post("/konto/adres/anuluj/")
    assert Client().get(mailed_path(EmailKind.NEW_EMAIL, NEW)).status_code == 410


def test_after_a_freeze_the_page_says_whom_to_call(account: Account, first: Client, second: Client, page: str) -> None:
    freeze(account)
    send(first, f"{page}adres/", **FIELDS)
    answer(second, page, "potwierdz")
    done = Client().post(mailed_path(EmailKind.NEW_EMAIL, NEW), {"name": PESELS[0]})
    assert "Konto jest nadal zablokowane" in words_of(done)
    assert not Email.objects.filter(kind=EmailKind.RESET).exists()


def test_what_was_typed_wrong_is_said_and_kept(first: Client, page: str) -> None:
    for email, said in (("anna@example.org", "To jest obecny adres konta"), ("anna", "Wpisz cały adres e-mail")):
        refused = send(first, f"{page}adres/", **(FIELDS | {"correct-email-email": email}))
        assert said in words_of(refused)
        assert {email, "Rozmowa, numer decyzji"} <= set(fields_of(refused).values())
    assert not Act.objects.exists()


def test_the_second_person_hears_that_the_mailbox_has_another_account(first: Client, second: Client, page: str) -> None:
    make_account(make_examiner(pesel=PESELS[1], numbers=("B/1",)), email=NEW.upper())
    send(first, f"{page}adres/", **FIELDS)
    assert "Ten adres ma też inne konto" in words_of(second.get(page))


def test_an_objection_that_the_page_did_not_show_stops_the_button(
    account: Account, first: Client, second: Client, page: str
) -> None:
    send(first, f"{page}adres/", **FIELDS)
    fields, path = fields_of(second.get(page)), f"/panel/dwie-osoby/{Act.objects.get().id}/potwierdz/"
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    second.post(path, fields)
    assert "ktoś zgłosił sprzeciw" in words_of(second.get(page))
    assert Act.objects.get().outcome == ""
    second.post(path, fields_of(second.get(page)))
    assert Act.objects.get().outcome == "done"


def test_who_is_on_duty_alone_is_asked_only_under_the_setting(account: Account, first: Client, page: str) -> None:
    alone = FIELDS | {"correct-email-alone": "on"}
    assert "Nie ma nikogo innego na dyżurze" not in words_of(first.get(f"{page}adres/"))
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - datetime.timedelta(days=1))
    for path in (f"{page}adres/", f"{page}odblokuj/"):
        freeze(account)
        assert "Nie ma nikogo innego na dyżurze" in words_of(first.get(path))
    send(first, f"{page}adres/", **alone)
    assert "Zostanie to wykonane za 48 godzin" in words_of(first.get(page))
    assert Act.objects.get().alone_at is not None


def test_a_tick_sent_after_the_setting_ended_asks_for_a_second_person(first: Client, page: str) -> None:
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - datetime.timedelta(days=1))
    fields = fields_of(first.get(f"{page}adres/")) | FIELDS | {"correct-email-alone": "on"}
    AloneChange.objects.create(is_allowed=False, starts_at=timezone.now())
    first.post(f"{page}adres/", fields)
    assert Act.objects.get().alone_at is None


def test_alone_takes_another_known_mailbox(account: Account, first: Client, page: str) -> None:
    Account.objects.filter(pk=account.pk).update(created_at=timezone.now())  # too young to have a known mailbox
    freeze(account)
    assert account.examiner is not None
    account.examiner.email = ""
    account.examiner.save()
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - datetime.timedelta(days=1))
    refused = send(first, f"{page}adres/", **FIELDS, **{"correct-email-alone": "on"})
    assert "Nie ma innej znanej skrzynki" in words_of(refused)
    assert NEW in fields_of(refused).values()
    assert not Act.objects.exists()


def test_first_they_confirm_who_they_are(first: Client, page: str) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert send(first, f"{page}adres/", **FIELDS)["Location"].startswith("/konto/potwierdzenie/")
    assert not Act.objects.exists()
