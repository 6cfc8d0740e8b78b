"""The correction of an account's address by two persons, and everybody who might use it to take an account."""

import functools

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.email_change import cancel_email_change, confirm_email, request_email_change
from egzaminator.accounts.domain.email_correction import confirm_correction
from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.domain.reauthentication import BY_LINK
from egzaminator.accounts.enums import ActKind, EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.errors import (
    LinkExpiredError,
    LinkUsedError,
    LinkWithdrawnError,
    SameEmailError,
    WrongNameError,
)
from egzaminator.accounts.models import Account, EmailChange, KnownDevice, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.staff.domain.acts import confirm, refuse
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.errors import ActClosedError, NotIndependentError, OwnAccountError
from egzaminator.staff.models import Act
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token, text_of
from tests.staff.acts import ANNA, DAY, KNOWN, state_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW = "nowa@example.net"
correct = functools.partial(ask, kind=ActKind.CORRECT_EMAIL, email=NEW, reason="Rozmowa")


@pytest.fixture
def account() -> Account:
    """An active account whose owner has two known mailboxes."""
    return make_old(make_account(make_examiner(numbers=("A/1",), email=KNOWN), email=ANNA))


def agreed(account: Account, first: Account, second: Account) -> str:
    """Have a correction asked for and confirmed; return the token that was mailed to the new address."""
    confirm(act_id=correct(account=account, member=first).id, member=second)
    return mailed_token(EmailKind.NEW_EMAIL, NEW)


def email_of(account: Account) -> str:
    return Account.objects.get(pk=account.pk).email


def test_two_agree_the_new_mailbox_confirms_and_the_owner_sets_a_password(
    account: Account, first: Account, second: Account
) -> None:
    act = correct(account=account, member=first)
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN}
    asked = text_of(Email.objects.get(kind=EmailKind.ACT_ASKED, email=KNOWN)).replace("\r\n", " ")
    assert "z a•••@example.org na n•••@example.net" in asked
    assert not Email.objects.filter(email=NEW).exists()  # nothing goes there before a second person agrees

    confirm(act_id=act.id, member=second)
    assert (email_of(account), told(EmailKind.NEW_EMAIL), told(EmailKind.EMAIL_CHANGE_ASKED)) == (ANNA, {NEW}, {ANNA})
    to_owner = text_of(Email.objects.get(kind=EmailKind.EMAIL_CHANGE_ASKED)).replace("\r\n", " ")
    assert "komisja postanowiła poprawić jego adres" in to_owner
    assert "hasło" not in to_owner
    assert "PESEL lub identyfikator" in text_of(Email.objects.get(kind=EmailKind.NEW_EMAIL)).replace("\r\n", " ")

    confirm_correction(token=mailed_token(EmailKind.NEW_EMAIL, NEW), name=PESELS[0], ip="192.0.2.9")
    assert email_of(account) == NEW
    change = EmailChange.objects.get()
    assert (change.old, change.new, change.outcome, change.is_by_board) == (ANNA, NEW, "confirmed", True)
    assert (told(EmailKind.EMAIL_CHANGED), told(EmailKind.SECURITY_NEWS)) == ({ANNA}, {KNOWN})
    assert Event.objects.get(tag=Tag.EMAIL_CHANGED).subject == account.id
    reset_password(token=mailed_token(EmailKind.RESET, NEW), password="zupelnie-nowe-haslo-2026")
    log_in(name=PESELS[0], secret="zupelnie-nowe-haslo-2026", ip="192.0.2.9")


def test_whoever_was_in_the_account_is_out_but_for_the_factor(
    account: Account, first: Account, second: Account
) -> None:
    thief = Client(headers={"Sec-Fetch-Site": "same-origin"})
    thief.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert KnownDevice.objects.filter(account=account).exists()
    link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=ANNA, language="pl")
    token = agreed(account, first, second)
    confirm_correction(token=token, name=PESELS[0])
    assert not Session.objects.filter(account=account).exists()
    assert not KnownDevice.objects.filter(account=account).exists()
    assert thief.get("/konto/").status_code == 302
    with pytest.raises(RefusedError):
        log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1")
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=link.rstrip("/").rpartition("/")[2], password="zupelnie-nowe-haslo-2026")
    assert Authenticator.objects.filter(user=account).count() == 1
    with pytest.raises(LinkUsedError):
        confirm_correction(token=token, name=PESELS[0])


def test_a_stranger_whose_mailbox_was_mistyped_gets_nothing(account: Account, first: Account, second: Account) -> None:
    make_examiner(pesel=PESELS[1], numbers=("B/1",))
    token = agreed(account, first, second)
    for name in (PESELS[1], PESELS[2], "A/1", ""):
        with pytest.raises(WrongNameError):
            confirm_correction(token=token, name=name)
    assert Event.objects.filter(tag=Tag.IDENTITY_REFUSED, subject=account.id).count() == 4
    for _ in range(BY_LINK.most - 4):
        with pytest.raises(WrongNameError):
            confirm_correction(token=token, name="x")
    with pytest.raises(LimitReachedError):
        confirm_correction(token=token, name=PESELS[0])
    assert email_of(account) == ANNA


def test_the_owner_whom_a_caller_pretended_to_be_cancels_it_or_freezes(
    account: Account, first: Account, second: Account
) -> None:
    token = agreed(account, first, second)
    cancel_email_change(account=account)  # in "My account"
    with pytest.raises(LinkWithdrawnError):
        confirm_correction(token=token, name=PESELS[0])
    token = agreed(account, first, second)
    freeze_by_link(token=mailed_token(EmailKind.EMAIL_CHANGE_ASKED, ANNA))
    with pytest.raises(LinkWithdrawnError):
        confirm_correction(token=token, name=PESELS[0])
    assert (email_of(account), state_of(account)) == (ANNA, "frozen")
    assert EmailChange.objects.filter(outcome=EmailChangeOutcome.STOPPED).count() == 1


def test_from_the_former_mailbox_it_is_undone_afterwards(account: Account, first: Account, second: Account) -> None:
    confirm_correction(token=agreed(account, first, second), name=PESELS[0])
    reset = mailed_token(EmailKind.RESET, NEW)
    freeze_by_link(token=mailed_token(EmailKind.EMAIL_CHANGED, ANNA))
    assert (email_of(account), state_of(account)) == (ANNA, "frozen")
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=reset, password="zupelnie-nowe-haslo-2026")
    # One person alone gives it back to the mailbox that it had, and not to the one that was talked into the account.
    frozen = Account.objects.get(pk=account.pk)
    assert give_back(account=frozen, reason="Rozmowa", email=ANNA, member=first) is None
    assert state_of(account) == "active"


def test_the_link_made_before_it_undoes_it_as_well(account: Account, first: Account, second: Account) -> None:
    confirm(act_id=correct(account=account, member=first).id, member=second)
    confirm_correction(token=mailed_token(EmailKind.NEW_EMAIL, NEW), name=PESELS[0])
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, ANNA))
    assert (email_of(account), state_of(account)) == (ANNA, "frozen")


def test_an_objection_does_not_end_it_and_it_opens_nothing(account: Account, first: Account, second: Account) -> None:
    """Whoever reads the lost mailbox may be the thief, so the second person decides. The account stays frozen."""
    act = correct(account=account, member=first)
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, ANNA))
    confirm(act_id=act.id, member=second, knows_objection=True)
    confirm_correction(token=mailed_token(EmailKind.NEW_EMAIL, NEW), name=PESELS[0])
    assert (email_of(account), state_of(account)) == (NEW, "frozen")
    assert told(EmailKind.RESET) == set()
    asked = give_back(account=Account.objects.get(pk=account.pk), reason="Rozmowa", member=first)
    assert asked is not None  # the mailbox is not known, so giving it back takes two again
    confirm(act_id=asked.id, member=second)
    assert (state_of(account), told(EmailKind.ACCOUNT_UNFROZEN)) == ("active", {NEW})


def test_it_takes_the_place_of_what_waits_in_the_account(account: Account, first: Account, second: Account) -> None:
    request_email_change(account=account, email="thief@example.net", password=PASSWORD)
    thiefs = mailed_token(EmailKind.NEW_EMAIL, "thief@example.net")
    agreed(account, first, second)
    with pytest.raises(LinkWithdrawnError):
        confirm_email(token=thiefs, password=PASSWORD)
    assert EmailChange.objects.get(closed_at=None).new == NEW


def test_what_a_thief_asks_for_uses_up_nothing(account: Account, first: Account, second: Account) -> None:
    for number in range(3):
        request_email_change(account=account, email=f"{number}@example.net", password=PASSWORD)
    assert agreed(account, first, second)


def test_who_has_the_new_mailbox_has_no_say_in_it(account: Account, first: Account, second: Account) -> None:
    friend = make_staff(email=NEW.upper(), name="Adam Trzeci")
    with pytest.raises(OwnAccountError):
        correct(account=account, member=friend)
    act = correct(account=account, member=first)
    for decide in (confirm, refuse):
        with pytest.raises(NotIndependentError):
            decide(act_id=act.id, member=friend)
    confirm(act_id=act.id, member=second)


def test_a_mailbox_that_the_owner_moved_to_lately_is_told_as_well(account: Account, first: Account) -> None:
    """Whoever kept a mailbox that the owner left could otherwise have the account behind the owner's back."""
    request_email_change(account=account, email="swieza@example.org", password=PASSWORD)
    confirm_email(
        token=mailed_token(EmailKind.NEW_EMAIL, "swieza@example.org"), password=None, proven_account=account.id
    )
    act = correct(account=account, member=first)
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN, "swieza@example.org"}
    refuse(act_id=act.id, member=first)
    assert told(EmailKind.SECURITY_NEWS) == {ANNA, KNOWN, "swieza@example.org"}


def test_what_cannot_be_corrected(account: Account, first: Account, second: Account) -> None:
    with pytest.raises(SameEmailError):
        correct(account=account, member=first, email="Anna@Example.org")
    with pytest.raises(ValueError, match="staff account"):
        correct(account=second, member=first)
    assert not Act.objects.exists()
    act = correct(account=freeze(account), member=first)  # none of its mailboxes is read any more
    Account.objects.filter(pk=account.pk).update(email=NEW)
    with pytest.raises(ActClosedError):
        confirm(act_id=act.id, member=second)
    act.refresh_from_db()
    assert act.outcome == "lapsed"


def test_the_link_is_valid_for_three_days(account: Account, first: Account, second: Account) -> None:
    token = agreed(account, first, second)
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False), pytest.raises(LinkExpiredError):
        confirm_correction(token=token, name=PESELS[0])
