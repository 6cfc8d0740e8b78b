import functools

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from egzaminator.accounts.domain.freezing import freeze_by_staff, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import FrozenAlreadyError, LinkWithdrawnError
from egzaminator.accounts.models import KnownDevice, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import log_in
from egzaminator.login.errors import AccountBlockedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_staff
from tests.helpers.links import text_of

pytestmark = pytest.mark.django_db
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
