import datetime
import functools
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import FrozenAlreadyError, LinkWithdrawnError
from egzaminator.accounts.models import Account, KnownDevice, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import log_in
from egzaminator.login.errors import AccountBlockedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.give_back import give_back
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STRANGER, OWNER = "stranger@example.net", "anna@example.org"


def test_a_strangers_account_is_closed_and_goes_to_the_mailbox_that_the_register_learns(browser: Client) -> None:
    """A stranger claimed first, with their own mailbox. The register knew no mailbox of the owner's."""
    account = make_account(make_examiner(numbers=("A/1",)), email=STRANGER)
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=STRANGER, language="pl")

    call_command("freeze_account", " a/1", reason="rozmowa w siedzibie")

    assert (Session.objects.count(), KnownDevice.objects.count()) == (0, 0)
    with pytest.raises(AccountBlockedError):
        log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1")
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=url.rstrip("/").rpartition("/")[2], password="zupelnie-nowe-haslo-2026")
    event = Event.objects.get(tag=Tag.ACCOUNT_FROZEN_BY_STAFF)
    assert (event.subject, event.details) == (account.id, {"reason": "rozmowa w siedzibie"})

    examiner = account.examiner
    assert examiner is not None
    examiner.email = OWNER  # as an import stores it
    examiner.save()
    assert unfreeze_account(account=account, reason="-", email=OWNER).email == OWNER


def test_a_colleagues_stolen_account_is_closed_too() -> None:
    staff = make_staff()
    call_command("freeze_account", "JAN@oke.example", reason="skradziony telefon")
    staff.refresh_from_db()
    assert not staff.is_active
    text = text_of(Email.objects.get(kind=EmailKind.ACCOUNT_FROZEN))
    assert "Konto należy do: Jan Nowak. Kto je zablokował: administrator serwisu." in text


@pytest.mark.django_db(transaction=True)
def test_two_of_the_staff_at_once_freeze_it_once() -> None:
    account, staff = make_account(make_examiner()), make_staff()
    freeze = functools.partial(freeze_by_staff, account=account, reason="telefon", by=Actor(staff.id))
    results = at_once(freeze, freeze)
    assert [type(result) for result in results if result] == [FrozenAlreadyError]
    assert Event.objects.filter(tag=Tag.ACCOUNT_FROZEN_BY_STAFF).count() == 1
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_FROZEN).count() == 1


@pytest.mark.parametrize(("whose", "says"), [("B/2", "no such account"), ("A/1", "frozen already")])
def test_says_why_not(whose: str, says: str) -> None:
    account = make_account(make_examiner(numbers=("A/1",)))
    freeze(account)
    with pytest.raises(CommandError, match=says):
        call_command("freeze_account", whose, reason="-")
    assert not Event.objects.filter(tag=Tag.ACCOUNT_FROZEN_BY_STAFF).exists()


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
    emails = Email.objects.filter(kind=EmailKind.FROZEN_NOTICE).order_by("created_at")
    return list(emails.values_list("email", flat=True))


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
    assert "Ktoś zablokował twoje konto w Serwisie egzaminatorów linkiem „to nie ja”" in text.replace("\r\n", " ")
    assert "/n/" not in text


def test_the_present_mailbox_hears_too_when_the_board_freezes(account: Account, clock: time_machine.Traveller) -> None:
    clock.shift(datetime.timedelta(days=11))
    freeze_by_staff(account=account, reason="rozmowa", by=Actor(make_staff().id))
    assert notices() == [FORMER, PRESENT]
    assert "Komisja zablokowała twoje konto" in text_of(Email.objects.filter(kind=EmailKind.FROZEN_NOTICE)[0])


def test_the_known_mailbox_hears_when_the_present_one_freezes(account: Account) -> None:
    freeze_by_link(token=freezing_link(account, PRESENT))
    assert notices() == [FORMER]


def test_an_objection_is_no_news_unless_it_takes_the_address_back(account: Account) -> None:
    freeze_by_link(token=freezing_link(account, PRESENT))
    freeze_by_link(token=freezing_link(account, PRESENT))
    assert notices() == [FORMER]
    freeze_by_link(token=mailed_token(EmailKind.EMAIL_CHANGED, FORMER))
    assert notices() == [FORMER, PRESENT]
