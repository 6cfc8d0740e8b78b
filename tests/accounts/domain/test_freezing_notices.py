"""The owner of a frozen account is notified, whoever froze it."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.give_back import give_back
from tests.helpers.factories import PASSWORD, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token, text_of

pytestmark = pytest.mark.django_db
START = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC)
FORMER, PRESENT = "sekretariat@szkola.example", "anna@example.org"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def account(clock: time_machine.Traveller) -> Account:
    """An account whose owner has just left a mailbox that others read."""
    account = make_old(make_account(make_examiner(), email=FORMER))
    request_email_change(account=account, email=PRESENT, password=PASSWORD)
    confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, PRESENT), password=None, proven_account=account.id)
    clock.shift(datetime.timedelta(days=1))
    account.refresh_from_db()
    return account


def notices() -> list[str]:
    told = Email.objects.filter(kind=EmailKind.FROZEN_NOTICE).order_by("created_at")
    return list(told.values_list("email", flat=True))


def freezing_link(account: Account, mailbox: str) -> str:
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=mailbox, language="pl")
    return url.rstrip("/").rpartition("/")[2]


def test_who_reads_the_former_mailbox_gets_no_account_behind_its_owners_back(account: Account) -> None:
    freeze_by_link(token=mailed_token(EmailKind.EMAIL_CHANGED, FORMER))
    account.refresh_from_db()
    assert account.email == FORMER
    assert give_back(account=account, reason="rozmowa", email=FORMER, member=make_staff()) is None
    assert notices() == [PRESENT]
    text = text_of(Email.objects.get(kind=EmailKind.FROZEN_NOTICE))
    assert "ktoś zablokował twoje konto w Serwisie egzaminatorów linkiem „to nie ja”" in text.replace("\r\n", " ")
    assert "/n/" not in text


def test_the_present_mailbox_hears_too_when_the_board_freezes(account: Account, clock: time_machine.Traveller) -> None:
    clock.shift(datetime.timedelta(days=11))
    freeze_by_staff(account=account, reason="rozmowa", by=Actor(make_staff().id))
    assert notices() == [FORMER, PRESENT]
    assert "komisja zablokowała twoje konto" in text_of(Email.objects.filter(kind=EmailKind.FROZEN_NOTICE)[0])


def test_the_known_mailbox_hears_when_the_present_one_freezes(account: Account) -> None:
    freeze_by_link(token=freezing_link(account, PRESENT))
    assert notices() == [FORMER]


def test_an_objection_is_no_news_unless_it_takes_the_address_back(account: Account) -> None:
    freeze_by_link(token=freezing_link(account, PRESENT))
    freeze_by_link(token=freezing_link(account, PRESENT))
    assert notices() == [FORMER]
    freeze_by_link(token=mailed_token(EmailKind.EMAIL_CHANGED, FORMER))
    assert notices() == [FORMER, PRESENT]
