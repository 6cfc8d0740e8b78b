import pytest
from django.core.management import CommandError, call_command

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.freezing import freeze_by_link, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.mailboxes import known_emails
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import (
    LinkWithdrawnError,
    NotFrozenError,
    SecondPersonNeededError,
    UnknownMailboxError,
)
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token
from tests.helpers.staff_texts import reason_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANNA, NEW = "anna@example.org", "nowa@example.org"
FRESH = "zupelnie-nowe-haslo-2026"


def freezing_token(account: Account, mailbox: str = ANNA) -> str:
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=mailbox, language="pl")
    return url.rstrip("/").rpartition("/")[2]


@pytest.fixture
def frozen() -> Account:
    """An account whose address was changed, and that was then frozen from the former mailbox."""
    account = make_old(make_account(make_examiner(numbers=("A/1",), email="known@example.org"), email=ANNA))
    request_email_change(account=account, email=NEW, password=PASSWORD)
    confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, NEW), password=None, proven_account=account.id)
    return freeze_by_link(token=freezing_token(account))


def test_the_owner_sets_a_new_password_and_the_old_one_is_dead(frozen: Account) -> None:
    staff = make_staff()
    unfreeze_account(account=frozen, reason="rozmowa telefoniczna", by=Actor(staff.id, "192.0.2.7"))
    with pytest.raises(RefusedError):
        log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1")
    reset_password(token=mailed_token(EmailKind.ACCOUNT_UNFROZEN, ANNA), password=FRESH)
    assert log_in(name=PESELS[0], secret=FRESH, ip="192.0.2.1") == AccountOpened(frozen)
    event = Event.objects.get(tag=Tag.ACCOUNT_UNFROZEN)
    assert (event.actor, event.subject, event.ip) == (staff.id, frozen.id, "192.0.2.7")
    assert (event.details, reason_of(event)) == ({}, "rozmowa telefoniczna")


def test_staff_choose_among_the_mailboxes_it_had(frozen: Account) -> None:
    assert known_emails(account=frozen) == [ANNA, NEW, "known@example.org"]
    with pytest.raises(UnknownMailboxError):
        unfreeze_account(account=frozen, reason="-", email="thief@example.org")
    assert unfreeze_account(account=frozen, reason="-", email="Known@example.org").email == "Known@example.org"
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN, email="Known@example.org").count() == 1


def test_no_link_mailed_before_freezes_it_again(frozen: Account) -> None:
    later = freezing_token(frozen, NEW)
    unfreeze_account(account=frozen, reason="-")
    with pytest.raises(LinkWithdrawnError):
        freeze_by_link(token=later)


def test_what_is_not_frozen_is_left_alone(frozen: Account) -> None:
    unfreeze_account(account=frozen, reason="-")
    with pytest.raises(NotFrozenError):
        unfreeze_account(account=frozen, reason="-")
    assert Email.objects.filter(kind=EmailKind.ACCOUNT_UNFROZEN).count() == 1


def test_a_mailbox_that_came_by_a_change_takes_a_second_person(frozen: Account) -> None:
    with pytest.raises(SecondPersonNeededError):
        unfreeze_account(account=frozen, reason="-", email=NEW)
    frozen.refresh_from_db()
    assert frozen.state == "frozen"
    assert unfreeze_account(account=frozen, reason="-", email=NEW, is_agreed=True).email == NEW


# The command --------------------------------------------------------------------------------------------------------


def test_the_command_finds_an_examiner_by_a_registration_number(
    frozen: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("unfreeze_account", " a/1", reason="telefon", email="known@example.org")
    frozen.refresh_from_db()
    assert (frozen.is_active, frozen.email) == (True, "known@example.org")
    assert "on its way" in capsys.readouterr().out


def test_the_command_finds_staff_by_their_address() -> None:
    staff = make_staff()
    freeze_by_link(token=freezing_token(staff, staff.email))
    call_command("unfreeze_account", "JAN@oke.example", reason="telefon")
    staff.refresh_from_db()
    assert staff.is_active


@pytest.mark.parametrize(
    ("whose", "more", "says"),
    [
        ("B/2", {}, "no such account"),
        ("nobody@oke.example", {}, "no such account"),
        ("A/1", {"email": "thief@example.org"}, f"It had: {ANNA}, {NEW}, known@example.org"),
    ],
)
def test_the_command_says_why_not(frozen: Account, whose: str, more: dict[str, str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("unfreeze_account", whose, reason="telefon", **more)


def test_the_command_does_nothing_to_an_account_in_use() -> None:
    make_account(make_examiner(numbers=("A/1",)))
    with pytest.raises(CommandError, match="not frozen"):
        call_command("unfreeze_account", "A/1", reason="telefon")
