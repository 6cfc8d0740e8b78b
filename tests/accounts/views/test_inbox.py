import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError
from egzaminator.mail.catalogue import OWNER_KINDS, EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.status import PAGE_SIZE, list_emails
from egzaminator.mail.models import Email, SentCopy
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import words_of
from tests.helpers.mail import TOKEN, queue_example
from tests.helpers.receiver import Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/konto/wiadomosci/"
ANNA = "anna@example.org"


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def examiner(account: Account, browser: Client) -> Client:
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def write(account: Account, kind: EmailKind = EmailKind.ACT_ASKED) -> Email:
    """Queue an e-mail to an account's owner, or to the board about the owner."""
    return queue_example(kind, to=recipient_of(account), related_id=account.id)


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
    assert TOKEN in mailbox.received[0].body("plain")
    response = examiner.get(f"{PATH}{message.id}/")
    words = words_of(response)
    assert "To nie ty? Otwórz tę stronę" in words
    assert "(tu był link; nie przechowujemy go)" in words
    assert TOKEN not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_the_kept_text_is_encrypted_and_bound_to_its_message(account: Account) -> None:
    first, second = write(account), write(account)
    stored = bytes(SentCopy.objects.get(pk=first.pk).text_encrypted)
    assert b"Twoje" not in stored
    SentCopy.objects.filter(pk=second.pk).update(text_encrypted=stored)
    with pytest.raises(UndecryptableError):
        _ = SentCopy.objects.get(pk=second.pk).text


def test_a_message_without_a_kept_text_is_listed_and_says_so(account: Account, examiner: Client) -> None:
    message = write(account, EmailKind.PASSWORD_CHANGED)
    assert message.subject in words_of(examiner.get(PATH))
    page = examiner.get(f"{PATH}{message.id}/")
    assert message.subject in words_of(page)
    assert "Serwis nie przechowuje treści tej wiadomości" in words_of(page)


def test_the_breadcrumbs_lead_back_from_a_message(account: Account, examiner: Client) -> None:
    page = examiner.get(f"{PATH}{write(account).id}/").content.decode()
    assert '<a href="/konto/">Moje konto</a></li><li><a href="/konto/wiadomosci/">Wiadomości od komisji</a>' in page


def test_other_peoples_messages_are_not_there(account: Account, examiner: Client) -> None:
    others = write(make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",))))
    to_the_board = write(account, EmailKind.ACCOUNT_FROZEN)
    for message in (others, to_the_board):
        assert examiner.get(f"{PATH}{message.id}/").status_code == 404


def test_pages_hold_each_message_once_also_those_of_one_moment(account: Account) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        written = {write(account).id for _ in range(PAGE_SIZE + 3)}
    first = list_emails(related_id=account.id, kinds=OWNER_KINDS)
    assert len(first.rows) == PAGE_SIZE
    second = list_emails(related_id=account.id, kinds=OWNER_KINDS, after=first.next)
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
