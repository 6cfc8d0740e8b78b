"""The board's setting for one person on duty, and acting alone in the panel under it."""

import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.acts import confirm, do_alone
from egzaminator.staff.domain.alone import alone_setting, may_ask_alone, set_alone
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.errors import AloneNotAllowedError, NobodyToTellError, NotAdministratorError
from egzaminator.staff.models import ALONE_AFTER, Act, AloneChange
from egzaminator.staff.roles import Role
from tests.helpers.factories import examiner_of, freeze, make_staff
from tests.helpers.links import mailed_token, text_of
from tests.helpers.mfa import give_totp
from tests.staff.acts import ANNA, DAY, KNOWN, state_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def boss() -> Account:
    return make_staff(email="szef@oke.example", name="Ewa Szefowa", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def is_allowed(db: None) -> None:
    """Have the setting allow it, since long ago."""
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - DAY)


def by(member: Account) -> Actor:
    return Actor(member.id, "192.0.2.1")


def now() -> tuple[bool, bool | None]:
    setting = alone_setting()
    return setting.is_allowed, setting.pending.is_allowed if setting.pending else None


# The setting ----------------------------------------------------------------------------------------------------------


def test_a_change_takes_effect_after_48_hours_both_ways(boss: Account) -> None:
    assert now() == (False, None)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for wanted in (True, False):
            set_alone(is_allowed=wanted, by=by(boss))
            assert now() == (not wanted, wanted)
            clock.shift(ALONE_AFTER - MINUTE)
            assert now() == (not wanted, wanted)
            clock.shift(MINUTE)
            assert now() == (wanted, None)
    events = Event.objects.filter(tag=Tag.ALONE_CHANGE_ASKED).order_by("at")
    assert [(event.actor, event.ip, event.details) for event in events] == [
        (boss.id, "192.0.2.1", {"allowed": True}),
        (boss.id, "192.0.2.1", {"allowed": False}),
    ]


def test_all_administrators_and_inspectors_are_told_at_once(boss: Account) -> None:
    make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    make_staff(email="pomoc@oke.example", roles=[Role.HELP_DESK, Role.RECORDS, Role.EDITOR])
    with time_machine.travel(datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC), tick=False):
        set_alone(is_allowed=True, by=by(boss))
    mailboxes = {"szef@oke.example", "drugi@oke.example", "iod@oke.example"}
    assert told(EmailKind.ALONE_CHANGED) == mailboxes
    text = text_of(Email.objects.filter(kind=EmailKind.ALONE_CHANGED)[0]).replace("\r\n", " ")
    assert "Od kiedy: wtorek, 24 listopada 2026, 10:54." in text
    assert "Kto to zrobił: Ewa Szefowa" in text
    Email.objects.all().delete()
    with time_machine.travel(datetime.datetime(2026, 11, 23, 9, 54, tzinfo=datetime.UTC), tick=False):
        set_alone(is_allowed=False, by=by(boss))
    assert told(EmailKind.ALONE_CHANGED) == mailboxes
    assert "jest anulowana" in text_of(Email.objects.filter(kind=EmailKind.ALONE_CHANGED)[0])


def test_a_change_that_waits_is_cancelled_by_the_setting_that_holds(boss: Account) -> None:
    set_alone(is_allowed=True, by=by(boss))
    set_alone(is_allowed=False, by=by(boss))
    assert now() == (False, None)
    with time_machine.travel(timezone.now() + ALONE_AFTER, tick=False):
        assert now() == (False, None)
    assert Event.objects.get(tag=Tag.ALONE_CHANGE_CANCELLED).details == {"allowed": True}


def test_asking_for_what_is_or_will_be_changes_nothing(boss: Account) -> None:
    set_alone(is_allowed=False, by=by(boss))
    assert (AloneChange.objects.count(), Event.objects.count(), Email.objects.count()) == (0, 0, 0)
    set_alone(is_allowed=True, by=by(boss))
    starts_at = AloneChange.objects.get().starts_at
    set_alone(is_allowed=True, by=by(boss))
    assert (AloneChange.objects.get().starts_at, Event.objects.count(), Email.objects.count()) == (starts_at, 1, 1)


def test_who_is_no_administrator_any_more_changes_nothing(boss: Account) -> None:
    make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    end_member(member=boss, by=SYSTEM)
    with pytest.raises(NotAdministratorError):
        set_alone(is_allowed=True, by=by(boss))
    assert now() == (False, None)


# Acting alone in the panel --------------------------------------------------------------------------------------------


def test_without_the_setting_nobody_acts_alone_in_the_panel(boss: Account, account: Account, first: Account) -> None:
    set_alone(is_allowed=True, by=by(boss))  # not yet
    assert not may_ask_alone(member=first)
    with pytest.raises(AloneNotAllowedError):
        give_back(account=account, reason="Rozmowa", member=first, is_alone=True)
    assert not Act.objects.exists()


@pytest.mark.usefixtures("is_allowed")
def test_under_the_setting_it_is_done_after_48_hours(account: Account, first: Account) -> None:
    act = give_back(account=account, reason="Rozmowa", member=first, is_alone=True)
    assert act is not None
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN}
    asked = text_of(Email.objects.get(kind=EmailKind.ACT_ASKED, email=KNOWN))
    assert "Jeśli się nie sprzeciwisz" in asked
    with time_machine.travel(timezone.now() + ALONE_AFTER - MINUTE, tick=False):
        assert do_alone() == 0
    with time_machine.travel(timezone.now() + ALONE_AFTER, tick=False):
        assert do_alone() == 1
    assert state_of(account) == "active"
    asked_event, done = Event.objects.get(tag=Tag.ACT_ASKED), Event.objects.get(tag=Tag.ACT_WAITED)
    assert (asked_event.actor, done.actor, done.details) == (first.id, None, {"kind": "give-back", "act": str(act.id)})


@pytest.mark.usefixtures("is_allowed")
def test_the_lost_address_is_corrected_alone_too(account: Account, first: Account) -> None:
    ask(
        kind=ActKind.CORRECT_EMAIL,
        account=account,
        email="nowa@example.net",
        reason="Rozmowa",
        member=first,
        is_alone=True,
    )
    with time_machine.travel(timezone.now() + ALONE_AFTER, tick=False):
        assert do_alone() == 1
    assert told(EmailKind.NEW_EMAIL) == {"nowa@example.net"}


@pytest.mark.usefixtures("is_allowed")
def test_an_objection_requires_the_second_person(account: Account, first: Account, second: Account) -> None:
    act = give_back(account=account, reason="Rozmowa", member=first, is_alone=True)
    assert act is not None
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        assert (do_alone(), state_of(account)) == (0, "frozen")
        confirm(act_id=act.id, member=second, knows_objection=True)
    assert state_of(account) == "active"


@pytest.mark.usefixtures("is_allowed")
def test_with_no_other_known_mailbox_there_is_no_acting_alone(account: Account, first: Account) -> None:
    examiner = examiner_of(account)
    examiner.email = ""
    examiner.save()
    with pytest.raises(NobodyToTellError):
        give_back(account=account, reason="Rozmowa", member=first, is_alone=True)


@pytest.mark.usefixtures("is_allowed")
def test_who_may_act_alone(account: Account, first: Account) -> None:
    late = make_staff(email="nowy@oke.example", since=6 * DAY)
    editor = make_staff(email="redakcja@oke.example", roles=[Role.EDITOR])
    blocked = freeze(make_staff(email="zablokowany@oke.example"))
    assert [may_ask_alone(member=one) for one in (first, late, editor, blocked)] == [True, False, False, False]
    with pytest.raises(AloneNotAllowedError):
        give_back(account=account, reason="Rozmowa", member=late, is_alone=True)


@pytest.mark.usefixtures("is_allowed")
def test_nobody_acts_alone_about_a_colleague(first: Account, second: Account) -> None:
    give_totp(second)
    with pytest.raises(AloneNotAllowedError):
        ask(kind=ActKind.RESET_SECOND_FACTOR, account=second, reason="Rozmowa", member=first, is_alone=True)


@pytest.mark.usefixtures("is_allowed")
@pytest.mark.parametrize("loss", ["freeze", "role", "deleted"])
def test_who_is_no_longer_trusted_does_nothing_alone(account: Account, first: Account, loss: str) -> None:
    give_back(account=account, reason="Rozmowa", member=first, is_alone=True)
    if loss == "freeze":
        freeze_by_staff(account=first, reason="Skradzione konto")
    elif loss == "role":
        make_staff(email="drugi@oke.example")
        change_roles(member=first, roles=[Role.EDITOR], by=SYSTEM)
    else:
        Act.objects.update(asked_by=None)
    with time_machine.travel(timezone.now() + ALONE_AFTER, tick=False):
        assert (do_alone(), state_of(account)) == (0, "frozen")


@pytest.mark.usefixtures("is_allowed")
def test_a_change_of_the_setting_does_not_touch_what_waits(
    boss: Account, account: Account, first: Account, second: Account
) -> None:
    act = give_back(account=account, reason="Rozmowa", member=first, is_alone=True)
    assert act is not None
    AloneChange.objects.create(is_allowed=False, starts_at=timezone.now())
    assert not may_ask_alone(member=first)
    with time_machine.travel(timezone.now() + ALONE_AFTER, tick=False):
        assert (do_alone(), state_of(account)) == (1, "active")
    freeze(account)
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    waits = give_back(account=account, reason="Rozmowa", member=first)
    assert waits is not None
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now())
    with time_machine.travel(timezone.now() + 6 * DAY, tick=False):
        assert (do_alone(), state_of(account)) == (0, "frozen")
