"""A value changed in the database itself does not decrypt: nobody sees it, and staff can find it."""

import logging
import re

import pytest
from django.db import connection
from django.test import Client

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.password_reset import process_reset_requests, request_reset
from egzaminator.login.models import ResetRequest
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.receiver import Receiver
from tests.key_rotation.tampering import spoil, swap

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SORRY = "Nie możemy pokazać twoich danych"


def log_in(name: str = PESELS[0], secret: str = PASSWORD) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert client.post("/konto/logowanie/", {"name": name, "secret": secret}).status_code == 302
    return client


def seen_by_staff(case_code: str) -> str:
    make_staff()
    staff = log_in("jan@oke.example")
    token = fields_of(staff.get("/panel/sprawy/"))["csrfmiddlewaretoken"]
    return words_of(staff.post("/panel/sprawy/", {"case_code": case_code, "csrfmiddlewaretoken": token}))


def unreadable() -> list[tuple[str, str]]:
    events = Event.objects.filter(tag=Tag.VALUE_UNDECRYPTABLE).order_by("at")
    return [(event.details["location"], event.details["row"]) for event in events]


def test_a_changed_pesel_gives_a_page_that_helps_and_a_case_for_staff(caplog: pytest.LogCaptureFixture) -> None:
    account = make_account(make_examiner())
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-2",), surname="Nowak"))
    assert account.examiner is not None
    client = log_in()
    spoil(account.examiner)

    with caplog.at_level(logging.DEBUG):
        response = client.get("/konto/")

    words = words_of(response)
    assert (response.status_code, response["Cache-Control"]) == (500, "no-store")
    assert SORRY in words
    assert "61 854 01 60" in words
    assert unreadable() == [("register.examiner.pesel", str(account.examiner.id))]
    assert "Traceback" not in caplog.text
    assert not re.search(r"\b\d{11}\b", caplog.text)  # a primary key may have as many digits in a row
    (code,) = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", words)
    told = seen_by_staff(code)
    assert "Nie udało się odczytać zapisanych danych: zmieniono je poza programem" in told
    assert f"register.examiner.pesel {account.examiner.id}" in told
    # Everybody else goes on.
    assert log_in(PESELS[1]).get("/konto/").status_code == 200


def test_swapped_pesels_show_nobody_anothers() -> None:
    one, other = make_account(make_examiner()), make_account(make_examiner(pesel=PESELS[1], numbers=("B-2",)))
    assert one.examiner is not None
    assert other.examiner is not None
    swap(one.examiner, other.examiner)
    for name in PESELS[:2]:
        response = log_in(name).get("/konto/")
        assert response.status_code == 500
        assert SORRY in words_of(response)
    assert {row for _, row in unreadable()} == {str(one.examiner.id), str(other.examiner.id)}


def test_a_pesel_whose_key_is_gone_does_not_open_the_form() -> None:
    examiner = make_examiner(numbers=("A-1",))
    client = log_in(secret="A-1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_examiner SET pesel_encrypted = overlay(pesel_encrypted placing 'zz' from 3)")
    response = client.get("/konto/zakladanie/")
    assert (response.status_code, SORRY in words_of(response)) == (500, True)
    assert unreadable() == [("register.examiner.pesel", str(examiner.id))]


def test_swapped_forms_make_no_account_and_their_link_works_when_they_are_put_right() -> None:
    mine = make_claim(make_examiner())
    strangers = make_claim(make_examiner(pesel=PESELS[1], numbers=("B-2",)), email="b@example.org")
    link = mailed_path(EmailKind.ACTIVATION, "anna@example.org")
    swap(mine, strangers, "details_encrypted")
    client = Client()
    typed = fields_of(client.get(link)) | {"password": PASSWORD}

    response = client.post(link, typed)

    assert (response.status_code, SORRY in words_of(response)) == (500, True)
    assert (Account.objects.count(), Claim.objects.filter(closed_at__isnull=True).count()) == (0, 2)
    assert unreadable() == [("onboarding.claim.details", str(mine.id))]
    swap(mine, strangers, "details_encrypted")
    assert client.post(link, typed).status_code == 302
    assert Account.objects.get().examiner == mine.examiner


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_swapped_e_mails_are_not_sent(mailbox: Receiver) -> None:
    make_claim(make_examiner())
    make_claim(make_examiner(pesel=PESELS[1], numbers=("B-2",)), email="b@example.org")
    one, other = Email.objects.order_by("created_at")
    swap(one, other, "content")

    deliver_due()

    assert mailbox.received == []
    assert set(Email.objects.values_list("state", flat=True)) == {DeliveryState.REJECTED}
    assert set(unreadable()) == {("mail.email.content", str(one.id)), ("mail.email.content", str(other.id))}


def test_a_spoilt_form_keeps_no_other_from_its_new_link() -> None:
    examiner = make_examiner()
    spoilt, whole = make_claim(examiner), make_claim(examiner, email="b@example.org")
    spoil(spoilt, "details_encrypted")
    Claim.objects.update(last_sent_at=None)
    request_reset(name=PESELS[0], language="pl", ip="203.0.113.7")

    assert process_reset_requests() == 1

    assert (ResetRequest.objects.count(), unreadable()) == (0, [("onboarding.claim.details", str(spoilt.id))])
    assert Email.objects.filter(related_id=whole.id, kind=EmailKind.ACTIVATION).count() == 2
