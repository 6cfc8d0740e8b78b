"""One member of staff asks for an act, and another confirms or refuses it."""

import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone

from egzaminator.accounts.domain.freezing import unfreeze_account
from egzaminator.accounts.enums import ActKind, ActOutcome
from egzaminator.accounts.errors import NoSecondFactorError, SecondPersonNeededError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.acts import confirm, refuse
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.errors import ActClosedError, ActWaitsError, AskedTooOftenError
from egzaminator.staff.models import Act
from tests.helpers.factories import freeze, make_account, make_examiner, make_staff
from tests.helpers.links import text_of
from tests.helpers.staff_texts import reason_of
from tests.staff.acts import ANNA, DAY, KNOWN, state_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_an_account_with_a_factor_is_given_back_by_two(account: Account, first: Account, second: Account) -> None:
    with pytest.raises(SecondPersonNeededError):
        unfreeze_account(account=account, reason="-", by=Actor(first.id))
    act = give_back(account=account, reason="rozmowa", member=first, ip="192.0.2.7")
    assert act is not None
    assert state_of(account) == "frozen"
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN}
    assert "drugi pracownik" in text_of(Email.objects.get(kind=EmailKind.ACT_ASKED, email=KNOWN))

    confirm(act_id=act.id, member=second, ip="192.0.2.8")

    assert state_of(account) == "active"
    assert not Authenticator.objects.exists()
    act.refresh_from_db()
    assert (act.outcome, act.asked_by, act.answered_by) == (ActOutcome.DONE, first, second)
    asked, done = Event.objects.get(tag=Tag.ACT_ASKED), Event.objects.get(tag=Tag.ACT_CONFIRMED)
    assert (asked.actor, asked.subject, asked.ip) == (first.id, account.id, "192.0.2.7")
    assert (done.actor, done.subject, done.details) == (
        second.id,
        account.id,
        {"kind": "give-back", "act": str(act.id)},
    )
    assert told(EmailKind.ACCOUNT_UNFROZEN) == {ANNA}
    assert told(EmailKind.SECURITY_NEWS) == {KNOWN}
    with pytest.raises(ActClosedError):
        confirm(act_id=act.id, member=second)


def test_a_known_mailbox_of_an_account_without_a_factor_takes_one(account: Account, first: Account) -> None:
    Authenticator.objects.all().delete()
    assert give_back(account=account, reason="-", member=first, email=KNOWN) is None
    assert (state_of(account), Act.objects.count()) == ("active", 0)


def test_a_mailbox_that_is_not_known_takes_two(first: Account, second: Account) -> None:
    account = freeze(make_account(make_examiner(email=KNOWN), email="stranger@example.net"))
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    assert act.email == "stranger@example.net"
    assert told(EmailKind.ACT_ASKED) == {KNOWN}
    confirm(act_id=act.id, member=second)
    assert told(EmailKind.ACCOUNT_UNFROZEN) == {"stranger@example.net"}


def test_a_factor_is_taken_away_by_two(account: Account, first: Account, second: Account) -> None:
    Account.objects.filter(pk=account.pk).update(state="active", is_active=True, barred_at=None, barred_by="")
    act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="zgubiony telefon", member=first)
    assert Authenticator.objects.count() == 1
    confirm(act_id=act.id, member=second)
    assert Authenticator.objects.count() == 0
    assert told(EmailKind.SECURITY_NEWS) == {ANNA, KNOWN}
    done = Event.objects.get(tag=Tag.SECOND_FACTOR_RESET)
    assert (reason_of(done), done.actor) == ("zgubiony telefon", second.id)
    text = StaffText.objects.get()  # one, of whoever asked, and both events point to it
    assert (text.author, text.id) == (first.id, Event.objects.get(tag=Tag.ACT_ASKED).staff_text)
    with pytest.raises(NoSecondFactorError):
        ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="-", member=first)


def test_one_thing_waits_at_a_time(account: Account, first: Account) -> None:
    """Otherwise a waiting act could be bypassed by one that takes a single person."""
    give_back(account=account, reason="-", member=first)
    Authenticator.objects.all().delete()
    with pytest.raises(ActWaitsError):
        give_back(account=account, reason="-", member=first)
    with pytest.raises(ActWaitsError):
        ask(kind=ActKind.GIVE_BACK, account=account, reason="-", member=first)
    with time_machine.travel(timezone.now() + 7 * DAY, tick=False):
        assert give_back(account=account, reason="-", member=first) is None


def test_the_staff_together_ask_three_times_a_day_about_one_account(
    account: Account, first: Account, second: Account
) -> None:
    def asked(actor: Account | None) -> Act:
        act = give_back(account=account, reason="-", member=actor)
        assert act is not None
        return act

    def mails() -> int:
        return Email.objects.filter(related_id=account.id).count()

    for actor in (first, second, first):
        act = asked(actor)
        with pytest.raises(ActWaitsError):  # a refused ask is not counted
            asked(second)
        refuse(act_id=act.id, member=actor)
    before = mails()
    for actor in (first, second):
        with pytest.raises(AskedTooOftenError):
            give_back(account=account, reason="-", member=actor)
        with pytest.raises(AskedTooOftenError):
            ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="-", member=actor)
    assert (mails(), Act.objects.filter(outcome="").count()) == (before, 0)
    # The command line is the way out when one of the staff uses up the asks. Other accounts have asks of their own.
    refuse(act_id=asked(None).id, member=first)
    assert mails() > before
    other = freeze(make_staff(email="trzecia@oke.example", since=datetime.timedelta(days=20)))
    assert give_back(account=other, reason="-", member=first) is not None
    with time_machine.travel(timezone.now() + DAY, tick=False):
        refuse(act_id=asked(first).id, member=first)


def test_refused_or_taken_back_it_is_not_done(account: Account, first: Account, second: Account) -> None:
    for actor, outcome, tag in ((second, "refused", Tag.ACT_REFUSED), (first, "withdrawn", Tag.ACT_WITHDRAWN)):
        act = give_back(account=account, reason="-", member=first)
        assert act is not None
        refuse(act_id=act.id, member=actor)
        act.refresh_from_db()
        assert act.outcome == outcome
        assert Event.objects.get(tag=tag).actor == actor.id
        with pytest.raises(ActClosedError):
            confirm(act_id=act.id, member=second)
    assert state_of(account) == "frozen"
