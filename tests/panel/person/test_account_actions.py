import datetime
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.board import current_board
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.models import Act
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.links import text_of
from tests.helpers.staff_texts import reason_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff())


def test_an_account_that_somebody_got_into_is_frozen_at_once(staff: Client) -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    stranger = Client(headers={"Sec-Fetch-Site": "same-origin"})
    stranger.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert stranger.get("/konto/").status_code == 200
    path = f"/panel/egzaminatorzy/{examiner.id}/"

    assert 'id="id_freeze-reason_error"' in send(staff, f"{path}zablokuj/").content.decode()
    assert stranger.get("/konto/").status_code == 200

    for words in ("wszyscy zostali wylogowani", "Konto było już zablokowane"):  # the second is a double click
        done = send(staff, f"{path}zablokuj/", **{"freeze-reason": "Telefon, numer decyzji"})
        assert done["Location"] == path
        assert words in words_of(staff.get(path))
    assert stranger.get("/konto/")["Location"] == "/konto/logowanie/?next=/konto/"
    event = Event.objects.get(tag=Tag.ACCOUNT_FROZEN_BY_STAFF)
    actor = Account.objects.get(examiner=None)
    assert (event.actor, event.subject, reason_of(event)) == (actor.id, account.id, "Telefon, numer decyzji")
    mail = Email.objects.get(kind=EmailKind.ACCOUNT_FROZEN)
    assert mail.email == current_board().email
    assert "Konto należy do: Anna Maria Łukasik. Kto je zablokował: Jan Nowak." in text_of(mail)
    page = words_of(staff.get(path))
    assert ("Zablokuj konto" in page, "Odblokuj konto" in page) == (False, True)


def test_a_blocked_account_is_given_back(staff: Client) -> None:
    examiner = make_examiner(email="znana@example.org")
    freeze(make_account(examiner))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Łukasik Anna Maria" in words_of(staff.get("/panel/do-sprawdzenia/"))

    refused = send(staff, f"{path}odblokuj/", email="obca@example.org", reason="")
    assert refused.status_code == 200
    assert {'id="id_email_error"', 'id="id_reason_error"'} <= set(refused.content.decode().replace(">", " ").split())
    assert Account.objects.get(examiner=examiner).is_active is False

    done = send(staff, f"{path}odblokuj/", email="znana@example.org", reason="Rozmowa, numer decyzji")
    assert done["Location"] == path
    account = Account.objects.get(examiner=examiner)
    assert (account.is_active, account.email) == (True, "znana@example.org")
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN, email="znana@example.org").count() == 1
    event = Event.objects.get(tag=Tag.ACCOUNT_UNFROZEN)
    assert reason_of(event) == "Rozmowa, numer decyzji"
    assert "odblokowane" in words_of(staff.get(path))
    assert send(staff, f"{path}odblokuj/", email="znana@example.org", reason="Rozmowa").status_code == 302
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN).count() == 1


def test_a_lost_second_factor_is_asked_to_be_taken_away(staff: Client) -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Poproś o usunięcie drugiego składnika" not in words_of(staff.get(path))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})

    assert 'id="id_second-factor-reason_error"' in send(staff, f"{path}drugi-skladnik/").content.decode()
    assert Authenticator.objects.count() == 1
    done = send(staff, f"{path}drugi-skladnik/", **{"second-factor-reason": "Zgubiony telefon, numer decyzji"})
    assert done["Location"] == path
    assert "Czeka na potwierdzenie przez innego pracownika" in words_of(staff.get(path))
    assert Authenticator.objects.count() == 1
    assert reason_of(Event.objects.get(tag=Tag.ACT_ASKED)) == "Zgubiony telefon, numer decyzji"
    assert Email.objects.filter(kind=EmailKind.ACT_ASKED, email="anna@example.org").count() == 1


def test_whoever_sits_down_at_the_desk_later_is_asked_who_they_are_but_may_freeze_at_once(staff: Client) -> None:
    """Actions that open an account need a recent proof of identity. The one that closes it must not wait."""
    account = make_account(make_examiner())
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    path = f"/panel/egzaminatorzy/{account.examiner_id}/"
    confirmation = {
        act: f"/konto/potwierdzenie/?next={quote(f'{path}{act}/', safe='')}" for act in ("odblokuj", "drugi-skladnik")
    }
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert staff.get(f"{path}drugi-skladnik/")["Location"] == confirmation["drugi-skladnik"]
        assert staff.get(f"{path}zablokuj/").status_code == 200
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=45)):
        staff.get("/panel/sprawy/")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61)):
        for act, asked in confirmation.items():
            assert send(staff, f"{path}{act}/", **{"second-factor-reason": "x"})["Location"] == asked
        assert Authenticator.objects.count() == 1
        assert send(staff, f"{path}zablokuj/", **{"freeze-reason": "Rozmowa"})["Location"] == path
        account.refresh_from_db()
        assert account.is_active is False
        back = f"{path}drugi-skladnik/"
        assert send(staff, confirmation["drugi-skladnik"], next=back, password=PASSWORD)["Location"] == back
        assert send(staff, back, **{"second-factor-reason": "Rozmowa"})["Location"] == path
    assert Act.objects.get().account == account
    assert Authenticator.objects.count() == 1


def test_asking_for_an_act_does_nothing(staff: Client) -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert staff.get(f"{path}zablokuj/").status_code == 200
    for act in ("odblokuj", "drugi-skladnik"):  # not possible in the account's state
        assert staff.get(f"{path}{act}/")["Location"] == path
    assert "To teraz niemożliwe" in words_of(staff.get(path))
    account.refresh_from_db()
    assert account.is_active


def test_what_was_typed_before_the_re_authentication_is_filled_in_again(staff: Client) -> None:
    examiner = make_examiner()
    account = freeze(make_account(examiner))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        back = f"{path}drugi-skladnik/"
        confirmation = send(staff, back, **{"second-factor-reason": "Zgubiony telefon"})["Location"]
        assert send(staff, confirmation, next=back, password=PASSWORD)["Location"] == back
        assert fields_of(staff.get(back))["second-factor-reason"] == "Zgubiony telefon"
