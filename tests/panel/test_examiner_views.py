import datetime
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone, translation

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.core.board import current_board
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import EntryState
from egzaminator.staff.models import Act
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(browser: Client) -> Client:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    return browser


def send(client: Client, page: str, path: str, **fields: str) -> Response:
    token = fields_of(client.get(page))["csrfmiddlewaretoken"]
    return client.post(path, fields | {"csrfmiddlewaretoken": token})


def find(client: Client, asked: str) -> Response:
    return send(client, "/panel/egzaminatorzy/", "/panel/egzaminatorzy/", asked=asked)


@pytest.mark.parametrize("asked", [PESELS[0], f" {PESELS[0][:6]} {PESELS[0][6:]} ", "A-1", "a - 1"])
def test_staff_find_an_examiner_by_what_they_say(staff: Client, asked: str) -> None:
    examiner = make_examiner(numbers=("A-1",))
    make_claim(examiner)
    response = find(staff, asked)
    assert response["Location"] == f"/panel/egzaminatorzy/{examiner.id}/"
    words = words_of(staff.get(response["Location"]))
    assert "Anna Maria Łukasik" in words
    assert "czeka na aktywację" in words
    assert "anna@example.org" in words
    assert PESELS[0] not in words
    events = Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP)  # the search, and the page
    assert list(events.values_list("subject", "actor")) == [(examiner.id, Account.objects.get().id)] * 2


@pytest.mark.parametrize("asked", ["", PESELS[1], "B-2", "\0", "x" * 2000, "<b>", "٣"])
def test_nobody_found_is_an_error_in_words(staff: Client, asked: str) -> None:
    make_examiner(numbers=("A-1",))
    response = find(staff, asked)
    assert response.status_code == 200
    assert 'id="id_asked_error"' in response.content.decode()


def test_an_account_that_somebody_got_into_is_frozen_at_once(staff: Client) -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    stranger = Client(headers={"Sec-Fetch-Site": "same-origin"})
    stranger.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert stranger.get("/konto/").status_code == 200
    path = f"/panel/egzaminatorzy/{examiner.id}/"

    assert 'id="id_freeze-reason_error"' in send(staff, path, f"{path}zablokuj/").content.decode()
    assert stranger.get("/konto/").status_code == 200

    for words in ("wszyscy zostali wylogowani", "Konto było już zablokowane"):  # the second is a double click
        done = send(staff, "/panel/egzaminatorzy/", f"{path}zablokuj/", **{"freeze-reason": "Telefon, numer decyzji"})
        assert done["Location"] == path
        assert words in words_of(staff.get(path))
    assert stranger.get("/konto/")["Location"] == "/konto/logowanie/?next=/konto/"
    event = Event.objects.get(tag=Tag.ACCOUNT_FROZEN_BY_STAFF)
    actor = Account.objects.get(examiner=None)
    assert (event.actor, event.subject, event.details) == (actor.id, account.id, {"reason": "Telefon, numer decyzji"})
    mail = Email.objects.get(kind=EmailKind.ACCOUNT_FROZEN)
    assert mail.email == current_board().email
    assert "Konto należy do: Anna Maria Łukasik. Kto je zablokował: Jan Nowak." in text_of(mail)
    page = words_of(staff.get(path))
    assert ("Zablokuj konto" in page, "Odblokuj konto" in page) == (False, True)


def test_a_blocked_account_is_given_back(staff: Client) -> None:
    examiner = make_examiner(email="znana@example.org")
    freeze(make_account(examiner))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Anna Maria Łukasik" in words_of(staff.get("/panel/egzaminatorzy/"))

    refused = send(staff, path, f"{path}odblokuj/", email="obca@example.org", reason="")
    assert refused.status_code == 200
    assert {'id="id_email_error"', 'id="id_reason_error"'} <= set(refused.content.decode().replace(">", " ").split())
    assert Account.objects.get(examiner=examiner).is_active is False

    done = send(staff, path, f"{path}odblokuj/", email="znana@example.org", reason="Rozmowa, numer decyzji")
    assert done["Location"] == path
    account = Account.objects.get(examiner=examiner)
    assert (account.is_active, account.email) == (True, "znana@example.org")
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN, email="znana@example.org").count() == 1
    event = Event.objects.get(tag=Tag.ACCOUNT_UNFROZEN)
    assert event.details == {"reason": "Rozmowa, numer decyzji"}
    assert "odblokowane" in words_of(staff.get(path))
    assert (
        send(staff, "/panel/egzaminatorzy/", f"{path}odblokuj/", email="znana@example.org", reason="x").status_code
        == 302
    )
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN).count() == 1


def test_a_lost_second_factor_is_asked_to_be_taken_away(staff: Client) -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Poproś o usunięcie drugiego składnika" not in words_of(staff.get(path))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})

    assert 'id="id_second-factor-reason_error"' in send(staff, path, f"{path}drugi-skladnik/").content.decode()
    assert Authenticator.objects.count() == 1
    done = send(staff, path, f"{path}drugi-skladnik/", **{"second-factor-reason": "Zgubiony telefon, numer decyzji"})
    assert done["Location"] == path
    assert "Czeka na potwierdzenie przez innego pracownika" in words_of(staff.get(path))
    assert Authenticator.objects.count() == 1
    assert Event.objects.get(tag=Tag.ACT_ASKED).details["reason"] == "Zgubiony telefon, numer decyzji"
    assert Email.objects.filter(kind=EmailKind.ACT_ASKED, email="anna@example.org").count() == 1


def test_whoever_sits_down_at_the_desk_later_is_asked_who_they_are_but_may_freeze_at_once(staff: Client) -> None:
    """Actions that open an account need a recent proof of identity. The one that closes it must not wait."""
    account = make_account(make_examiner())
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    path = f"/panel/egzaminatorzy/{account.examiner_id}/"
    confirmation = f"/konto/potwierdzenie/?next={quote(path, safe='')}"
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        page = staff.get(path).content.decode()
        assert f'href="{confirmation}"' in page
        assert "drugi-skladnik" not in page
        assert "zablokuj" in page
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=45)):
        staff.get("/panel/sprawy/")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61)):
        for act in ("odblokuj", "drugi-skladnik"):
            assert send(staff, path, f"{path}{act}/", **{"second-factor-reason": "x"})["Location"] == confirmation
        assert Authenticator.objects.count() == 1
        assert send(staff, path, f"{path}zablokuj/", **{"freeze-reason": "Rozmowa"})["Location"] == path
        account.refresh_from_db()
        assert account.is_active is False
        assert send(staff, confirmation, confirmation, next=path, password=PASSWORD)["Location"] == path
        assert send(staff, path, f"{path}drugi-skladnik/", **{"second-factor-reason": "Rozmowa"})["Location"] == path
    assert Act.objects.get().account == account
    assert Authenticator.objects.count() == 1


def test_is_for_staff_alone(browser: Client) -> None:
    examiner = make_examiner()
    make_account(examiner)
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    token = fields_of(browser.get("/konto/haslo/"))["csrfmiddlewaretoken"]
    for path in ("/panel/egzaminatorzy/", f"/panel/egzaminatorzy/{examiner.id}/"):
        assert browser.get(path).status_code == 403
    for act in ("odblokuj", "zablokuj", "drugi-skladnik"):
        path = f"/panel/egzaminatorzy/{examiner.id}/{act}/"
        fields = {"csrfmiddlewaretoken": token, "freeze-reason": "x", "reason": "x", "second-factor-reason": "x"}
        assert browser.post(path, fields).status_code == 403
    assert Account.objects.get().is_active


def test_asking_for_an_act_does_nothing(staff: Client) -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    for act in ("odblokuj", "zablokuj", "drugi-skladnik"):
        assert staff.get(f"/panel/egzaminatorzy/{examiner.id}/{act}/").status_code == 405
    account.refresh_from_db()
    assert account.is_active


def test_the_page_tells_what_to_say_in_each_state(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Pierwsze logowanie: PESEL" in words_of(staff.get(path))

    stopped = make_claim(examiner, email="obca@example.org")
    Claim.objects.filter(pk=stopped.pk).update(closed_at=timezone.now(), outcome=ClaimOutcome.STOPPED)
    make_claim(examiner)
    Email.objects.filter(email="anna@example.org").update(
        state=DeliveryState.REJECTED, cause=Cause.ADDRESS, reply_code=550, reply_text="5.1.1 no such user"
    )
    words = words_of(staff.get(path))
    assert "Link jest w e-mailu" in words
    assert "obca@example.org. Unieważniono go linkiem" in words
    assert "Nie ma takiej skrzynki" in words
    assert "550 5.1.1 no such user" in words

    examiner.entries.update(state=EntryState.STRUCK_OFF)
    examiner.claims.update(closed_at=timezone.now(), outcome=ClaimOutcome.EXPIRED)
    assert "a takiego nie ma" in words_of(staff.get(path))


def test_who_calls_without_a_code_is_helped_by_the_refused_log_ins(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Nieudane logowania" not in words_of(staff.get(path))
    Client(headers={"Sec-Fetch-Site": "same-origin"}).post("/konto/logowanie/", {"name": PESELS[0], "secret": "B-2"})
    words = words_of(staff.get(path))
    assert "Nieudane logowania z ostatnich siedmiu dni" in words
    with translation.override("pl"):
        assert str(Refusal.NO_MATCH.label) in words
