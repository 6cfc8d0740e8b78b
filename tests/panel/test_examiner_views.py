import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.claims import stop_claim
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import EntryState
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_token
from tests.helpers.mfa import give_totp
from tests.panel.staff_browser import FIND, REVIEW, browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff())


def find(client: Client, asked: str) -> Response:
    return send(client, FIND, asked=asked)


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
def test_nobody_found_is_an_error_in_words(asked: str) -> None:
    make_examiner(numbers=("A-1",))
    response = find(browser_of(make_staff(roles=[Role.HELP_DESK])), asked)
    assert response.status_code == 200
    assert 'id="id_asked_error"' in response.content.decode()


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


def test_the_page_tells_what_to_say_in_each_state(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    words = words_of(staff.get(path))
    assert "Pierwsze logowanie: PESEL" in words
    assert "Proszę zalogować się na stronie głównej" in words

    stopped = make_claim(examiner, email="obca@example.org")
    Claim.objects.filter(pk=stopped.pk).update(closed_at=timezone.now(), outcome=ClaimOutcome.STOPPED)
    make_claim(examiner)
    Email.objects.filter(email="anna@example.org").update(
        state=DeliveryState.REJECTED, cause=Cause.ADDRESS, reply_code=550, reply_text="5.1.1 no such user"
    )
    words = words_of(staff.get(path))
    assert "Proszę przeliterować mi adres skrzynki" in words
    assert "obca@example.org. Unieważniono go linkiem" in words
    assert "Nie ma takiej skrzynki" in words
    assert "550 5.1.1 no such user" in words

    examiner.entries.update(state=EntryState.STRUCK_OFF)
    examiner.claims.update(closed_at=timezone.now(), outcome=ClaimOutcome.EXPIRED)
    assert "a takiego nie ma" in words_of(staff.get(path))


def test_the_page_of_who_died_gives_nothing_to_say_but_to_write(staff: Client) -> None:
    examiner = make_examiner()
    make_claim(examiner)
    mark_deceased(examiner_id=examiner.id, on=datetime.date(2026, 11, 1))
    words = words_of(staff.get(f"/panel/egzaminatorzy/{examiner.id}/"))
    assert "W tej sprawie nie mogę udzielić informacji przez telefon" in words
    assert "Zadzwoń do egzaminatora" not in words


def test_the_account_tells_how_it_came_to_be_and_how_it_is_used_but_from_no_ip(staff: Client) -> None:
    examiner = make_examiner(email="znana@example.org")
    claim = make_claim(examiner)
    account = activate_claim(
        token=mailed_token(EmailKind.ACTIVATION, "anna@example.org"), password=None, proven_claim=claim.id
    )
    owner = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="198.51.100.77")
    owner.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    give_totp(account)
    freeze_by_staff(account=account, reason="Rozmowa, data decyzji", by=Actor(Account.objects.get(examiner=None).id))
    page = words_of(staff.get(f"/panel/egzaminatorzy/{examiner.id}/"))
    assert "ze skrzynki anna@example.org" in page
    assert "1 logowanie w ostatnich 30 dniach" in page
    assert "aplikacja z kodami (20" in page
    assert "Komisja zablokowała konto Jan Nowak. Powód: Rozmowa, data decyzji" in page
    assert "Zanim to zmienię, muszę się upewnić, z kim rozmawiam" in page
    assert "198.51.100.77" not in page


def test_a_form_that_its_owner_did_not_save_is_listed(staff: Client) -> None:
    examiner = make_examiner(email="znana@example.org")
    make_claim(examiner)
    assert f'href="/panel/egzaminatorzy/{examiner.id}/"' not in staff.get(REVIEW).content.decode()
    notify_known_mailboxes()
    stop_claim(token=mailed_token(EmailKind.CLAIM_NOTICE, "znana@example.org"))
    page = staff.get(REVIEW)
    assert "„To nie ja”: unieważnione formularze" in words_of(page)
    assert f'href="/panel/egzaminatorzy/{examiner.id}/"' in page.content.decode()


def test_the_queries_of_the_page_do_not_grow_with_forms_and_e_mails(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    examiner = make_examiner()
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    make_claim(examiner)
    with CaptureQueriesContext(connection) as one:
        staff.get(path)
    for number in range(3):
        make_claim(examiner, email=f"a{number}@example.org")
    with django_assert_max_num_queries(len(one)):
        staff.get(path)


def test_who_calls_without_a_code_is_helped_by_the_refused_log_ins(staff: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    path = f"/panel/egzaminatorzy/{examiner.id}/"
    assert "Nieudane logowania" not in words_of(staff.get(path))
    Client(headers={"Sec-Fetch-Site": "same-origin"}).post("/konto/logowanie/", {"name": PESELS[0], "secret": "B-2"})
    words = words_of(staff.get(path))
    assert "Nieudane logowania z ostatnich siedmiu dni" in words
    with translation.override("pl"):
        assert str(Refusal.NO_MATCH.label) in words
