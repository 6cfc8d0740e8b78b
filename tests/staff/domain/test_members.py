"""What administrators change of a colleague's account, who is told, and what ends with it."""

import functools
import threading
from contextlib import suppress

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.email_change import confirm_email
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import AccountState, ActKind, LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError, StaffExistsError, WrongPasswordError
from egzaminator.accounts.models import Account, Link, Session
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain import members
from egzaminator.staff.domain.acts import confirm, do_alone
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.invitations import invite_staff
from egzaminator.staff.domain.members import change_member_email, change_roles, end_member, rename_member
from egzaminator.staff.domain.membership import describe, list_members, members_with, roles_of
from egzaminator.staff.enums import MemberState
from egzaminator.staff.errors import (
    LastAdministratorError,
    MemberGoneError,
    NotAdministratorError,
    NotJoinedError,
    OwnAccountError,
)
from egzaminator.staff.models import ALONE_AFTER, Act
from egzaminator.staff.roles import Role
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, freeze, make_account, make_examiner, make_staff
from tests.helpers.links import mailed_path, mailed_token, text_of
from tests.helpers.mfa import give_totp
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE = "192.0.2.1"


@pytest.fixture
def boss() -> Account:
    return make_staff(email="szef@oke.example", name="Ewa Szefowa", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def clerk() -> Account:
    return make_staff(email="jan@oke.example", name="Jan Nowak", roles=[Role.HELP_DESK])


def by(member: Account) -> Actor:
    return Actor(member.id, HERE)


def told() -> list[str]:
    return sorted(Email.objects.filter(kind=EmailKind.STAFF_CHANGED).values_list("email", flat=True))


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_every_change_is_an_event_with_its_actor_and_is_told_to_the_administrators(
    boss: Account, clerk: Account
) -> None:
    make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    freeze(make_staff(email="zablokowany@oke.example", roles=[Role.ADMINISTRATOR]))
    rename_member(member=clerk, name="Jan Kowalski", by=by(boss))
    change_roles(member=clerk, roles=[Role.EDITOR], by=by(boss))
    change_member_email(member=clerk, email="kowalski@oke.example", by=by(boss))
    end_member(member=clerk, by=by(boss))

    tags = [Tag.STAFF_RENAMED, Tag.STAFF_ROLES_CHANGED, Tag.EMAIL_CHANGE_ASKED, Tag.STAFF_ENDED]
    events = Event.objects.filter(tag__in=tags, subject=clerk.id).order_by("at")
    assert [(event.tag, event.actor, event.ip) for event in events] == [(tag, boss.id, HERE) for tag in tags]
    assert events[1].details == {"added": ["redakcja"], "removed": ["pomoc"]}
    assert not any("Kowalski" in str(event.details) for event in events)
    assert told() == ["drugi@oke.example"] * 4 + ["szef@oke.example"] * 4
    text = text_of(Email.objects.filter(kind=EmailKind.STAFF_CHANGED).earliest("created_at"))
    assert [word in text for word in ("Jan Kowalski", "Ewa Szefowa", "Pomoc")] == [True] * 3


def test_what_is_as_it_was_tells_nobody(boss: Account, clerk: Account) -> None:
    assert not rename_member(member=clerk, name="Jan Nowak", by=by(boss))
    assert not change_roles(member=clerk, roles=[Role.HELP_DESK], by=by(boss))
    assert (told(), Event.objects.count()) == ([], 0)


def test_who_gives_themselves_a_role_is_told_to_the_inspectors_too(boss: Account) -> None:
    make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    change_roles(member=boss, roles=[Role.ADMINISTRATOR, Role.RECORDS], by=by(boss))
    assert told() == ["iod@oke.example", "szef@oke.example"]
    assert fresh(boss).has_perm("staff.look_up_many")


def test_who_loses_the_role_is_told_as_well(boss: Account) -> None:
    other = make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    change_roles(member=other, roles=[Role.EDITOR], by=by(boss))
    assert told() == ["drugi@oke.example", "szef@oke.example"]


def test_a_new_address_takes_the_link_and_the_colleagues_own_password(boss: Account, clerk: Account) -> None:
    change_member_email(member=clerk, email="nowy@oke.example", by=by(boss))
    assert Email.objects.get(kind=EmailKind.EMAIL_CHANGE_ASKED).email == "jan@oke.example"
    token = mailed_token(EmailKind.NEW_EMAIL, "nowy@oke.example")
    with pytest.raises(WrongPasswordError):
        confirm_email(token=token, password="hasło administratora", proven_account=boss.id)
    assert fresh(clerk).email == "jan@oke.example"
    confirm_email(token=token, password=PASSWORD)
    assert fresh(clerk).email == "nowy@oke.example"


def test_nobody_changes_their_own_address_here_nor_that_of_who_has_no_password(boss: Account) -> None:
    guest = invite_staff(name="Iga", email="iga@oke.example", roles=[Role.EDITOR], by=by(boss))
    with pytest.raises(NotJoinedError):
        change_member_email(member=guest, email="nowy@oke.example", by=by(boss))
    with pytest.raises(OwnAccountError):
        change_member_email(member=boss, email="nowy@oke.example", by=by(boss))


# The last administrator -----------------------------------------------------------------------------------------------


def test_the_last_administrator_neither_goes_nor_loses_the_role(boss: Account) -> None:
    invite_staff(name="Iga", email="iga@oke.example", roles=[Role.ADMINISTRATOR], by=by(boss))  # has no password yet
    freeze(make_staff(email="zablokowany@oke.example", roles=[Role.ADMINISTRATOR]))
    with pytest.raises(LastAdministratorError):
        end_member(member=boss, by=by(boss))
    with pytest.raises(LastAdministratorError):
        change_roles(member=boss, roles=[Role.EDITOR], by=SYSTEM)
    assert (fresh(boss).is_active, roles_of(fresh(boss))) == (True, [Role.ADMINISTRATOR])


def test_of_two_administrators_one_goes(boss: Account) -> None:
    other = make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    end_member(member=boss, by=by(boss))
    assert [member.pk for member in members_with(Role.ADMINISTRATOR)] == [other.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "remove",
    [end_member, functools.partial(change_roles, roles=[Role.EDITOR])],
    ids=["end", "take the role"],
)
def test_two_administrators_who_remove_each_other_at_once_leave_one(
    boss: Account, monkeypatch: pytest.MonkeyPatch, remove: functools.partial[object]
) -> None:
    """A barrier between reading and writing brings both there, unless the lock keeps the second from reading."""
    other = make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    both, read = threading.Barrier(2), members._require_another_administrator  # noqa: SLF001 -- what is raced for

    def read_and_wait(member: Account) -> None:
        read(member)
        with suppress(threading.BrokenBarrierError):
            both.wait(2)

    monkeypatch.setattr(members, "_require_another_administrator", read_and_wait)
    results = at_once(
        functools.partial(remove, member=other, by=by(boss)), functools.partial(remove, member=boss, by=by(other))
    )

    assert sum(isinstance(result, NotAdministratorError) for result in results) == 1
    assert members_with(Role.ADMINISTRATOR).count() == 1


def test_who_was_ended_a_moment_ago_changes_nothing_more(boss: Account, clerk: Account) -> None:
    other = make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    end_member(member=other, by=by(boss))
    for change in (
        functools.partial(end_member, member=boss),
        functools.partial(rename_member, member=clerk, name="X"),
        functools.partial(change_roles, member=clerk, roles=list(Role)),
        functools.partial(change_member_email, member=clerk, email="x@oke.example"),
    ):
        with pytest.raises(NotAdministratorError):
            change(by=by(other))
    with pytest.raises(NotAdministratorError):
        invite_staff(name="Iga", email="iga@oke.example", roles=[Role.ADMINISTRATOR], by=by(other))
    assert roles_of(fresh(clerk)) == [Role.HELP_DESK]


# The end --------------------------------------------------------------------------------------------------------------


def test_nothing_opens_an_ended_account(boss: Account, clerk: Account) -> None:
    give_totp(clerk)
    tab = browser_of(clerk)
    for purpose in (LinkPurpose.RESET, LinkPurpose.FREEZE):
        issue_link(purpose=purpose, subject=clerk.id, email=clerk.email, language="pl")
    change_member_email(member=clerk, email="nowy@oke.example", by=by(boss))

    end_member(member=clerk, by=by(boss))

    gone = fresh(clerk)
    assert (gone.state, gone.barred_by, gone.is_active) == (AccountState.CLOSED, "left", False)
    assert not gone.has_usable_password()
    assert roles_of(gone) == []
    assert not gone.has_perm("staff.freeze_account")
    assert Session.objects.filter(account=clerk).count() == 0
    assert Authenticator.objects.filter(user=clerk).count() == 0
    assert (
        Link.objects.filter(used_at=None, withdrawn_at=None, email__in=[clerk.email, "nowy@oke.example"]).count() == 0
    )
    with pytest.raises(RefusedError):
        log_in(name=clerk.email, secret=PASSWORD, ip=HERE)
    assert tab.get("/panel/sprawy/")["Location"].startswith("/konto/logowanie/")
    for change in (
        functools.partial(end_member, member=clerk),
        functools.partial(rename_member, member=clerk, name="X"),
        functools.partial(change_roles, member=clerk, roles=list(Role)),
    ):
        with pytest.raises(MemberGoneError):
            change(by=by(boss))


def test_what_they_asked_for_and_whom_they_invited_end_with_them(boss: Account) -> None:
    leaver = make_staff(email="drugi@oke.example")
    account = make_account(make_examiner())
    give_totp(account)
    act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="Rozmowa", member=leaver)
    invite_staff(name="Iga", email="iga@oke.example", roles=[Role.EDITOR], by=by(leaver))
    token = mailed_token(EmailKind.STAFF_INVITATION, "iga@oke.example")
    invite_staff(name="Ula", email="ula@oke.example", roles=[Role.EDITOR], by=by(leaver))
    joined = reset_password(token=mailed_token(EmailKind.STAFF_INVITATION, "ula@oke.example"), password=PASSWORD)

    end_member(member=leaver, by=by(boss))

    assert Act.objects.get(pk=act.pk).outcome == "withdrawn"
    assert Event.objects.get(tag=Tag.ACT_WITHDRAWN).actor == boss.id
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=token, password=PASSWORD)
    assert fresh(joined).is_active


def test_the_address_of_who_left_is_free_again(boss: Account, clerk: Account) -> None:
    with pytest.raises(StaffExistsError):
        invite_staff(name="Jan Nowak", email="JAN@oke.example", roles=[Role.EDITOR], by=by(boss))
    end_member(member=clerk, by=by(boss))
    again = invite_staff(name="Jan Nowak", email="jan@oke.example", roles=[Role.EDITOR], by=by(boss))
    account = reset_password(token=mailed_token(EmailKind.STAFF_INVITATION, "jan@oke.example"), password=PASSWORD)
    assert (account.pk, again.pk != clerk.pk) == (again.pk, True)


def test_a_colleagues_second_factor_is_told_to_all(boss: Account, clerk: Account) -> None:
    make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    other = make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    give_totp(clerk)
    act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=clerk, reason="Rozmowa", member=boss)
    assert told() == ["drugi@oke.example", "iod@oke.example", "szef@oke.example"]
    confirm(act_id=act.id, member=other)
    assert len(told()) == 6
    assert not Authenticator.objects.filter(user=clerk).exists()


def test_the_only_administrators_factor_goes_by_command_after_48_hours_and_all_are_told(boss: Account) -> None:
    make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    give_totp(boss)
    ask(kind=ActKind.RESET_SECOND_FACTOR, account=boss, reason="Zgubiony telefon", is_alone=True)
    assert told() == ["iod@oke.example", "szef@oke.example"]
    assert do_alone() == 0
    with time_machine.travel(timezone.now() + ALONE_AFTER):
        assert do_alone() == 1
    assert len(told()) == 4
    assert not Authenticator.objects.filter(user=boss).exists()


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_says_how_everybody_stands(boss: Account, clerk: Account) -> None:
    give_totp(boss)
    freeze(clerk)
    invite_staff(name="Iga", email="iga@oke.example", roles=[Role.EDITOR], by=by(boss))
    late = invite_staff(name="Ula", email="ula@oke.example", roles=[Role.EDITOR, Role.HELP_DESK], by=by(boss))
    Link.objects.filter(subject=late.id).update(expires_at=late.created_at)
    end_member(member=make_staff(email="byly@oke.example", name="Adam Były"), by=by(boss))
    make_account(make_examiner())
    rows = [(one.account.name, one.roles, one.state, one.has_second_factor) for one in list_members().rows]
    assert rows == [
        ("Adam Były", [], MemberState.ENDED, False),
        ("Ewa Szefowa", [Role.ADMINISTRATOR], MemberState.ACTIVE, True),
        ("Iga", [Role.EDITOR], MemberState.INVITED, False),
        ("Jan Nowak", [Role.HELP_DESK], MemberState.FROZEN, False),
        ("Ula", [Role.HELP_DESK, Role.EDITOR], MemberState.INVITATION_OVER, False),
    ]
    assert describe([boss])[0].state == MemberState.ACTIVE


def test_an_invitation_opens_one_account_for_one_person(boss: Account, browser: Client) -> None:
    invite_staff(name="Iga", email="iga@oke.example", roles=[Role.EDITOR], by=by(boss))
    path = mailed_path(EmailKind.STAFF_INVITATION, "iga@oke.example")
    assert browser.get(path).status_code == 200
