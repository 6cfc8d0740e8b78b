import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, freeze, make_account, make_examiner, make_old, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.links import mailed_token
from tests.panel.staff_browser import REVIEW, browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KNOWN = "znana@example.org"


@pytest.fixture
def account() -> Account:
    account = make_old(make_account(make_examiner(email=KNOWN)))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return freeze(account)


@pytest.fixture
def first() -> Client:
    return browser_of(make_staff())


@pytest.fixture
def second() -> Client:
    return browser_of(make_staff(email="ewa@oke.example", name="Ewa Druga"))


@pytest.fixture
def page(account: Account) -> str:
    return f"/panel/egzaminatorzy/{account.examiner_id}/"


def ask_back(client: Client, page: str) -> Act:
    done = send(client, f"{page}odblokuj/", email=KNOWN, reason="Rozmowa, numer decyzji")
    assert done["Location"] == page
    return Act.objects.get(outcome="")


def test_one_asks_and_another_confirms(account: Account, first: Client, second: Client, page: str) -> None:
    assert "Odblokuj konto" in words_of(first.get(page))
    act = ask_back(first, page)
    words = words_of(first.get(page))
    assert "Czeka na potwierdzenie przez innego pracownika" in words
    assert "Wycofaj prośbę" in words
    assert "Potwierdź i wykonaj" not in words
    assert f'href="{page}odblokuj/"' not in first.get(page).content.decode()
    assert "oddanie konta właścicielowi" in words_of(second.get(REVIEW))
    assert second.get(f"/panel/dwie-osoby/{act.id}/")["Location"] == page
    words = words_of(second.get(page))
    assert words.index("Czeka na drugą osobę") < words.rindex("E-maile")
    assert all(said in words for said in ("Jan Nowak", KNOWN, "Rozmowa, numer decyzji", "Potwierdź i wykonaj", "Odmów"))

    assert send(first, f"/panel/dwie-osoby/{act.id}/potwierdz/")["Location"] == page
    assert "musi to zrobić inny pracownik" in words_of(first.get(page))
    assert Account.objects.get(pk=account.pk).state == "frozen"

    assert send(second, f"/panel/dwie-osoby/{act.id}/potwierdz/")["Location"] == page
    assert "Zrobione" in words_of(second.get(page))
    given = Account.objects.get(pk=account.pk)
    assert (given.state, given.email) == ("active", KNOWN)
    assert Authenticator.objects.count() == 0
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN, email=KNOWN).count() == 1
    send(second, f"/panel/dwie-osoby/{act.id}/odmow/")
    assert "już na nikogo nie czeka" in words_of(second.get(page))


@pytest.mark.parametrize(("who", "outcome"), [("first", "withdrawn"), ("second", "refused")])
def test_it_is_refused_or_taken_back(first: Client, second: Client, page: str, who: str, outcome: str) -> None:
    act = ask_back(first, page)
    assert send({"first": first, "second": second}[who], f"/panel/dwie-osoby/{act.id}/odmow/")["Location"] == page
    act.refresh_from_db()
    assert act.outcome == outcome
    assert "Odblokuj konto" in words_of(first.get(page))


def test_a_factor_is_asked_for_as_well(account: Account, first: Client, second: Client, page: str) -> None:
    asked = send(first, f"{page}drugi-skladnik/", **{"second-factor-reason": "Zgubiony telefon"})
    assert asked["Location"] == page
    assert Authenticator.objects.count() == 1
    send(second, f"/panel/dwie-osoby/{Act.objects.get().id}/potwierdz/")
    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize(
    ("act", "fields"),
    [("odblokuj", {"email": KNOWN, "reason": "Rozmowa"}), ("drugi-skladnik", {"second-factor-reason": "Rozmowa"})],
)
def test_who_has_a_mailbox_of_the_account_asks_for_nothing(page: str, act: str, fields: dict[str, str]) -> None:
    own = browser_of(make_staff(email=KNOWN))
    assert send(own, f"{page}{act}/", **fields)["Location"] == page
    assert "To konto miało twoją skrzynkę" in words_of(own.get(page))
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    ("act", "fields"),
    [("odblokuj", {"email": KNOWN, "reason": "Rozmowa"}), ("drugi-skladnik", {"second-factor-reason": "Rozmowa"})],
)
def test_the_fourth_ask_of_a_day_is_refused_in_words_with_what_was_typed(
    first: Client, page: str, act: str, fields: dict[str, str]
) -> None:
    for _ in range(3):
        send(first, f"/panel/dwie-osoby/{ask_back(first, page).id}/odmow/")
    mails = Email.objects.count()
    answer = send(first, f"{page}{act}/", **fields)
    assert "proszono już trzy razy w ciągu doby" in words_of(answer)
    assert "Rozmowa" in fields_of(answer).values()
    assert (Email.objects.count(), Act.objects.filter(outcome="").count()) == (mails, 0)


def test_an_objection_is_shown_to_who_decides(first: Client, second: Client, page: str) -> None:
    ask_back(first, page)
    assert "to nie właściciel" not in words_of(second.get(page))
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    assert "to nie właściciel" in words_of(second.get(page))
    assert "Potwierdź i wykonaj" in words_of(second.get(page))


def test_whoever_sits_down_at_the_desk_later_confirms_nothing(first: Client, second: Client, page: str) -> None:
    act = ask_back(first, page)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert "Potwierdź i wykonaj" not in words_of(second.get(page))
        for what in ("potwierdz", "odmow"):
            assert send(second, f"/panel/dwie-osoby/{act.id}/{what}/")["Location"].startswith("/konto/potwierdzenie/")
    act.refresh_from_db()
    assert act.outcome == ""


def test_an_act_about_a_colleague_stands_on_their_page(first: Client, second: Client) -> None:
    third = freeze(make_staff(email="trzecia@oke.example", name="Iga Trzecia"))
    act = Act.objects.create(
        kind="give-back",
        account=third,
        email=third.email,
        reason=keep_text(text="Rozmowa", subject=third.id, by=SYSTEM),
        asked_by=Account.objects.get(name="Jan Nowak"),
    )
    path = f"/panel/dwie-osoby/{act.id}/"
    page = f"/panel/pracownicy/{third.id}/"
    assert second.get(path)["Location"] == page
    assert "Potwierdź i wykonaj" in words_of(second.get(page))
    assert second.get(f"{path}potwierdz/").status_code == 405
    assert send(second, f"{path}potwierdz/")["Location"] == page
    third.refresh_from_db()
    assert third.state == "active"
    assert "Potwierdź i wykonaj" not in words_of(second.get(page))


def test_examiners_and_nobody_reach_none_of_it(first: Client, page: str, browser: Client) -> None:
    act = ask_back(first, page)
    path = f"/panel/dwie-osoby/{act.id}/"
    assert browser.get(path)["Location"].startswith("/konto/logowanie/")
    other = make_account(make_examiner(pesel="80071610614", numbers=("B/2",)))
    browser.post("/konto/logowanie/", {"name": "80071610614", "secret": PASSWORD})
    token = fields_of(browser.get("/konto/haslo/"))["csrfmiddlewaretoken"]
    assert other.is_active
    assert browser.get(path).status_code == 403
    for what in ("potwierdz", "odmow"):
        assert browser.post(f"{path}{what}/", {"csrfmiddlewaretoken": token}).status_code == 403
    act.refresh_from_db()
    assert act.outcome == ""


def test_the_account_of_who_died_is_neither_listed_nor_given_back(account: Account, first: Client, page: str) -> None:
    helper = browser_of(make_staff(email="pomoc@oke.example", roles=[Role.HELP_DESK]))
    assert "„To nie ja”: zablokowane konta" in words_of(helper.get(REVIEW))
    assert account.examiner_id is not None
    mark_deceased(examiner_id=account.examiner_id, on=datetime.date(2026, 1, 1))
    assert "Zablokowane konta" not in words_of(helper.get(REVIEW))
    words = words_of(first.get(page))
    assert "zamknięte" in words
    assert not any(act in words for act in ("odblokowanie konta", "Odblokuj konto", "Zablokuj konto", "składnika"))
    for act, fields in (
        ("odblokuj", {"email": KNOWN, "reason": "Rozmowa"}),
        ("drugi-skladnik", {"second-factor-reason": "Rozmowa"}),
        ("zablokuj", {"freeze-reason": "Rozmowa"}),
    ):
        assert send(first, f"{page}{act}/", **fields)["Location"] == page
    account.refresh_from_db()
    assert (account.state, Act.objects.count(), Authenticator.objects.count()) == ("closed", 0, 1)


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    first: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asker = Account.objects.get(name="Jan Nowak")

    def add(number: int) -> None:
        subject = make_account(
            make_examiner(pesel=None, identifier=f"K{number}", identifier_key=f"k{number}", numbers=(f"N-{number}",))
        )
        Act.objects.create(kind="reset-second-factor", account=subject, asked_by=asker)

    add(0)
    first.get(REVIEW)  # the first view is counted and recorded, further ones within ten minutes are not
    with CaptureQueriesContext(connection) as queries:
        first.get(REVIEW)
    add(1)
    add(2)
    refresh_list_keys()
    with django_assert_num_queries(len(queries)):
        assert words_of(first.get(REVIEW)).count("usunięcie drugiego składnika") == 3
