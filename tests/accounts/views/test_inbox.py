import datetime
import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.models import Account
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.render import OneTimeUrl
from egzaminator.mail.domain.status import PAGE_SIZE, list_emails
from egzaminator.mail.enums import EmailKind
from egzaminator.mail.models import Email, SentCopy
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import words_of
from tests.helpers.mail import queue
from tests.helpers.receiver import Receiver

pytestmark = pytest.mark.django_db
PATH = "/konto/wiadomosci/"
ANNA = "anna@example.org"
LINK = "http://localhost:8000/n/abcdefghijklmnopqrstuv/"


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def examiner(account: Account, browser: Client) -> Client:
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def write(account: Account, kind: EmailKind = EmailKind.PASSWORD_CHANGED) -> Email:
    """Queue an e-mail to an account's owner, or to the board about the owner."""
    link = OneTimeUrl(LINK, expires_at=account.created_at + datetime.timedelta(days=10))
    contexts = {
        EmailKind.PASSWORD_CHANGED: {"freeze": link, "changed_at": account.created_at},
        EmailKind.ACCOUNT_FROZEN: {"name": "Anna", "at": account.created_at, "by": None},
    }
    return queue(ANNA, kind=kind, related_id=account.id, context=contexts[kind])


@pytest.mark.parametrize("path", [PATH, f"{PATH}{uuid.UUID(int=0)}/"])
def test_is_closed_to_who_is_not_logged_in(path: str) -> None:
    assert Client().get(path)["Location"] == f"/konto/logowanie/?next={path}"


def test_lists_what_the_owner_was_sent_and_not_what_the_board_was(account: Account, examiner: Client) -> None:
    assert "Nie ma żadnych wiadomości" in words_of(examiner.get(PATH))
    message = write(account)
    write(account, EmailKind.ACCOUNT_FROZEN)
    write(make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",))))
    make_claim(make_examiner(pesel=PESELS[2], numbers=("C-1",)))
    words = words_of(examiner.get(PATH))
    assert words.count(ANNA) == 1
    assert message.subject in words
    assert "czeka na wysłanie" in words


def test_a_message_is_read_after_it_was_handed_over_less_its_link(
    account: Account, examiner: Client, mailbox: Receiver, empty_queue: None
) -> None:
    message = write(account)
    deliver_due()
    message.refresh_from_db()
    assert message.content is None
    assert LINK in mailbox.received[0].body("plain")
    response = examiner.get(f"{PATH}{message.id}/")
    words = words_of(response)
    assert "zostało zmienione hasło do twojego konta" in words
    assert "(tu był link; nie przechowujemy go)" in words
    assert not re.search("/n/[a-z]", response.content.decode())
    assert response["Cache-Control"] == "no-store"


def test_the_kept_text_is_encrypted_and_bound_to_its_message(account: Account) -> None:
    first, second = write(account), write(account)
    stored = bytes(SentCopy.objects.get(pk=first.pk).text_encrypted)
    assert b"Twoje" not in stored
    assert LINK not in SentCopy.objects.get(pk=second.pk).text


@pytest.mark.parametrize("kind", [EmailKind.ACTIVATION, EmailKind.ACCOUNT_FROZEN])
def test_nothing_is_kept_of_what_no_owner_reads(account: Account, kind: EmailKind) -> None:
    if kind is EmailKind.ACTIVATION:
        queue()
    else:
        write(account, kind)
    assert SentCopy.objects.count() == 0


def test_a_text_that_is_gone_is_said_to_be(account: Account, examiner: Client) -> None:
    message = write(account)
    SentCopy.objects.all().delete()
    assert "nie jest już przechowywana" in words_of(examiner.get(f"{PATH}{message.id}/"))


def test_other_peoples_messages_are_not_there(account: Account, examiner: Client) -> None:
    others = write(make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",))))
    to_the_board = write(account, EmailKind.ACCOUNT_FROZEN)
    for message in (others, to_the_board):
        assert examiner.get(f"{PATH}{message.id}/").status_code == 404


def test_pages_hold_each_message_once_also_those_of_one_moment(account: Account) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        written = {write(account).id for _ in range(PAGE_SIZE + 3)}
    first = list_emails(related_id=account.id)
    assert len(first.rows) == PAGE_SIZE
    second = list_emails(related_id=account.id, after=first.next)
    assert (len(second.rows), second.next) == (3, None)
    assert {message.id for message in [*first.rows, *second.rows]} == written


def test_the_pages_lead_to_each_other(account: Account, examiner: Client) -> None:
    for _ in range(PAGE_SIZE + 1):
        write(account)
    (older,) = re.findall(r'href="(\?after=[^"]+)"', examiner.get(PATH).content.decode())
    assert words_of(examiner.get(PATH + older)).count(ANNA) == 1
    assert words_of(examiner.get(f"{PATH}?after=nonsense")).count(ANNA) == PAGE_SIZE


def test_the_queries_do_not_grow_with_the_messages(
    account: Account, examiner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write(account)
    with CaptureQueriesContext(connection) as queries:
        examiner.get(PATH)
    for _ in range(2):
        write(account)
    with django_assert_num_queries(len(queries)):
        examiner.get(PATH)
