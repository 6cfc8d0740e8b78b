import datetime
import functools

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff, unfreeze_account
from egzaminator.accounts.enums import ActKind, ActOutcome, EmailChangeOutcome
from egzaminator.accounts.errors import AccountClosedError, NoSecondFactorError, NotFrozenError, SecondPersonNeededError
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.staff.domain.acts import ask, confirm, delete_old_acts, do_alone, end_lapsed, has_objection, refuse
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.domain.independence import may_confirm
from egzaminator.staff.errors import (
    ActClosedError,
    ActWaitsError,
    AskedTooOftenError,
    NotIndependentError,
    OwnAccountError,
)
from egzaminator.staff.models import Act
from egzaminator.staff.tasks import end_acts
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PESELS, freeze, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token, text_of

pytestmark = pytest.mark.django_db
ANNA, KNOWN = "anna@example.org", "znana@example.org"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def account() -> Account:
    """A frozen account with a second factor. Its owner has two known mailboxes."""
    account = make_old(make_account(make_examiner(numbers=("A/1",), email=KNOWN), email=ANNA))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return freeze(account)


@pytest.fixture
def first() -> Account:
    return make_staff()


@pytest.fixture
def second() -> Account:
    return make_staff(email="ewa@oke.example", name="Ewa Druga")


def told(kind: EmailKind) -> set[str]:
    return set(Email.objects.filter(kind=kind).values_list("email", flat=True))


def state_of(account: Account) -> str:
    return Account.objects.get(pk=account.pk).state


# Asking and confirming ----------------------------------------------------------------------------------------------


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
    assert Event.objects.get(tag=Tag.SECOND_FACTOR_RESET).details == {"reason": "zgubiony telefon"}
    with pytest.raises(NoSecondFactorError):
        ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="-", member=first)


def test_nobody_asks_for_their_own_account(first: Account) -> None:
    Authenticator.objects.create(user=first, type=Authenticator.Type.TOTP, data={"secret": "x"})
    with pytest.raises(OwnAccountError):
        ask(kind=ActKind.RESET_SECOND_FACTOR, account=first, reason="-", member=first)
    with pytest.raises(OwnAccountError):
        give_back(account=freeze(first), reason="-", member=first)


def test_who_has_a_mailbox_of_the_account_has_no_say_in_it(account: Account, first: Account, second: Account) -> None:
    own = make_staff(email="Anna@example.org", name="Anna Łukasik")
    for ask_for in (functools.partial(ask, kind=ActKind.GIVE_BACK), give_back):
        with pytest.raises(OwnAccountError):
            ask_for(account=account, reason="-", member=own)
    act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="-", member=first)
    for decide in (confirm, refuse):
        with pytest.raises(NotIndependentError):
            decide(act_id=act.id, member=own)
    now, former = timezone.now(), "dawna@example.org"
    made = {"expires_at": now, "closed_at": now, "outcome": EmailChangeOutcome.CONFIRMED}
    EmailChange.objects.create(account=account, old=former, new=ANNA, **made)
    for mailbox in (KNOWN, former):
        assert not may_confirm(act=act, member=make_staff(email=mailbox))
    confirm(act_id=act.id, member=second)


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


# Who may confirm ----------------------------------------------------------------------------------------------------


def test_who_may_confirm(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    late = make_staff(email="nowy@oke.example", since=6 * DAY)
    invited = make_staff(email="zaproszony@oke.example", invited_by=first)
    examiner = make_account(make_examiner(pesel=PESELS[1], numbers=("B/2",)))
    frozen = freeze(make_staff(email="zablokowany@oke.example"))
    may = [member for member in (first, second, late, invited, examiner, frozen) if may_confirm(act=act, member=member)]
    assert may == [second]
    for member in (first, late, invited, examiner, frozen, account):
        with pytest.raises(NotIndependentError):
            confirm(act_id=act.id, member=member)
    assert state_of(account) == "frozen"


def test_who_was_invited_or_helped_by_the_other_is_not_a_second_person(account: Account, second: Account) -> None:
    guest = make_staff(invited_by=second)
    act = give_back(account=account, reason="-", member=guest)
    assert act is not None
    assert not may_confirm(act=act, member=second)
    Account.objects.filter(pk=guest.pk).update(invited_by=None)
    act.refresh_from_db()
    assert may_confirm(act=act, member=second)
    helper = make_staff(email="trzecia@oke.example")
    for subject, other in ((guest, second), (second, guest)):
        done = Act.objects.create(
            kind=ActKind.GIVE_BACK,
            account=subject,
            asked_by=helper,
            answered_by=other,
            answered_at=timezone.now(),
            outcome=ActOutcome.DONE,
        )
        assert not may_confirm(act=act, member=second)
        assert not may_confirm(act=act, member=helper) or subject is second
        done.delete()


def test_what_somebody_asked_who_is_staff_no_longer_is_confirmed_by_nobody(
    account: Account, first: Account, second: Account
) -> None:
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    freeze(first)
    with pytest.raises(NotIndependentError):
        confirm(act_id=act.id, member=second)
    Act.objects.update(asked_by=None)  # the account was deleted: this is not the command line
    with pytest.raises(NotIndependentError):
        confirm(act_id=act.id, member=second)
    refuse(act_id=act.id, member=second)  # otherwise it would block others for seven days
    assert Act.objects.get().outcome == "refused"


def test_a_colleague_gets_their_account_back_the_same_way(first: Account, second: Account) -> None:
    third = freeze(make_staff(email="trzecia@oke.example", since=datetime.timedelta(days=20)))
    act = give_back(account=third, reason="-", member=first)
    assert act is not None
    for decide in (confirm, refuse):
        with pytest.raises(NotIndependentError):
            decide(act_id=act.id, member=third)
    confirm(act_id=act.id, member=second)
    assert state_of(third) == "active"


# Time, objections, changes ------------------------------------------------------------------------------------------


def test_after_seven_days_it_lapses_and_the_owner_is_told(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    with time_machine.travel(timezone.now() + 7 * DAY, tick=False):
        with pytest.raises(ActClosedError):
            confirm(act_id=act.id, member=second)
        assert (end_lapsed(), end_lapsed()) == (1, 0)
    act.refresh_from_db()
    assert act.outcome == "lapsed"
    assert Event.objects.filter(tag=Tag.ACT_LAPSED, subject=account.id).count() == 1
    assert told(EmailKind.SECURITY_NEWS) == {ANNA, KNOWN}


def test_an_objection_ends_nothing(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    assert not has_objection(act=act)
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    assert has_objection(act=act)
    confirm(act_id=act.id, member=second)
    assert state_of(account) == "active"


def test_what_changed_meanwhile_is_looked_at_again(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    assert account.examiner_id is not None
    mark_deceased(examiner_id=account.examiner_id, on=datetime.date(2026, 1, 1))
    with pytest.raises(ActClosedError):
        confirm(act_id=act.id, member=second)
    act.refresh_from_db()
    assert (state_of(account), act.outcome) == ("closed", "lapsed")
    for kind in ActKind:
        with pytest.raises(AccountClosedError):
            ask(kind=kind, account=account, reason="-", member=first)


def test_the_mailbox_must_be_one_of_the_accounts_still(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="-", member=first, email=KNOWN)
    assert act is not None
    assert account.examiner is not None
    account.examiner.email = ""
    account.examiner.save()
    with pytest.raises(ActClosedError):
        confirm(act_id=act.id, member=second)
    assert state_of(account) == "frozen"


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="-", member=first)
    third = make_staff(email="trzecia@oke.example")
    assert act is not None
    results = at_once(
        functools.partial(confirm, act_id=act.id, member=second),
        functools.partial(confirm, act_id=act.id, member=third),
        functools.partial(refuse, act_id=act.id, member=first),
    )
    assert [type(result) for result in results if result] == [ActClosedError] * 2
    ended = Event.objects.filter(tag__in=[Tag.ACT_CONFIRMED, Tag.ACT_WITHDRAWN, Tag.ACT_LAPSED])
    assert ended.count() == 1
    assert (state_of(account) == "active") is (ended.get().tag == Tag.ACT_CONFIRMED)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_ask_once(account: Account, first: Account, second: Account) -> None:
    asks = [functools.partial(give_back, account=account, reason="-", member=actor) for actor in (first, second)]
    results = at_once(*asks)
    assert sorted(type(result).__name__ for result in results) == ["Act", "ActWaitsError"]
    assert Act.objects.count() == 1


def test_old_acts_go_with_the_events(account: Account, first: Account) -> None:
    act = give_back(account=account, reason="-", member=first)
    assert act is not None
    refuse(act_id=act.id, member=first)
    with time_machine.travel(timezone.now() + 730 * DAY, tick=False):
        assert delete_old_acts() == 0
    with time_machine.travel(timezone.now() + 732 * DAY, tick=False):
        assert delete_old_acts() == 1


# Commands -----------------------------------------------------------------------------------------------------------


def unfreeze(**more: object) -> None:
    call_command("unfreeze_account", "A/1", reason="telefon", **more)


def test_the_command_only_asks(account: Account, second: Account, capsys: pytest.CaptureFixture[str]) -> None:
    unfreeze()
    assert "a second person confirms it in the panel" in capsys.readouterr().out
    act = Act.objects.get()
    assert (act.asked_by, act.is_by_command, act.alone_at, state_of(account)) == (None, True, None, "frozen")
    with time_machine.travel(timezone.now() + 6 * DAY, tick=False):
        assert do_alone() == 0
    with pytest.raises(CommandError, match="waits for a second person already"):
        unfreeze()
    confirm(act_id=act.id, member=second)
    assert state_of(account) == "active"


def test_alone_it_waits_for_48_hours(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    unfreeze(alone=True)
    assert "unless one of them objects" in capsys.readouterr().out
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN}
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=47, minutes=59), tick=False):
        assert do_alone() == 0
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=48), tick=False):
        end_acts(0)
    assert state_of(account) == "active"
    assert Event.objects.filter(tag=Tag.ACT_WAITED, subject=account.id, actor=None).count() == 1


def test_alone_an_objection_makes_the_second_person_needed(account: Account, second: Account) -> None:
    unfreeze(alone=True)
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        assert do_alone() == 0
        assert state_of(account) == "frozen"
        confirm(act_id=Act.objects.get().id, member=second)
    assert state_of(account) == "active"


def test_alone_takes_a_mailbox_that_could_object(account: Account) -> None:
    assert account.examiner is not None
    account.examiner.email = ""
    account.examiner.save()
    with pytest.raises(CommandError, match="nobody may act alone"):
        unfreeze(alone=True)
    assert Act.objects.count() == 0


def test_the_other_command_takes_no_factor_either(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: PESELS[0])
    call_command("reset_second_factor", "zgubiony telefon", alone=True)
    assert Authenticator.objects.count() == 1
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        assert do_alone() == 1
    assert Authenticator.objects.count() == 0
    assert state_of(account) == "frozen"


def test_a_frozen_colleague_whose_factor_was_lost(first: Account, second: Account) -> None:
    make_old(second, 100)
    freeze_by_staff(account=second, reason="-")
    Authenticator.objects.create(user=second, type=Authenticator.Type.TOTP, data={"secret": "x"})
    call_command("unfreeze_account", second.email, reason="telefon")
    act = Act.objects.get()
    confirm(act_id=act.id, member=first)
    assert state_of(second) == "active"
    with pytest.raises(NotFrozenError):
        give_back(account=second, reason="-", member=first)
