"""The deletion of an account on its owner's request, asked by one and confirmed by whoever keeps the register."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.errors import AccountClosedError
from egzaminator.accounts.models import Account, KnownDevice, Link, Profile, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry, Examiner
from egzaminator.staff.domain.acts import confirm, do_alone, end_lapsed, refuse
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.notes import add_note
from egzaminator.staff.errors import (
    ActClosedError,
    ActWaitsError,
    AloneNotAllowedError,
    NotIndependentError,
    ObjectionError,
    OwnAccountError,
)
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import (
    PASSWORD,
    PESELS,
    examiner_of,
    make_account,
    make_claim,
    make_examiner,
    make_old,
    make_staff,
)
from tests.helpers.links import mailed_token
from tests.helpers.mfa import give_totp
from tests.staff.acts import ANNA, KNOWN, told

pytestmark = pytest.mark.django_db
REASON = "Wniosek z 3 marca"


@pytest.fixture
def account() -> Account:
    return make_old(make_account(make_examiner(email=KNOWN), email=ANNA))


@pytest.fixture
def inspector() -> Account:
    return make_staff(email="iod@oke.example", name="Ida Inspektor", roles=[Role.INSPECTOR])


@pytest.fixture
def officer() -> Account:
    return make_staff(email="ewa@oke.example", name="Ewa Ewidencja", roles=[Role.RECORDS])


def asked(account: Account, member: Account) -> Act:
    return ask(kind=ActKind.DELETE, account=account, reason=REASON, member=member)


def test_everything_of_the_account_goes_and_the_register_stays(
    account: Account, inspector: Account, officer: Account
) -> None:
    examiner = examiner_of(account)
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get("/konto/").status_code == 200
    add_note(examiner=examiner, text="Dzwoniła", member=inspector, by=Actor(inspector.pk))
    act = asked(account, inspector)
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN}

    confirm(act_id=act.pk, member=officer)

    gone = (Profile, Claim, Link, KnownDevice, Session, StaffText, Act)
    assert {model.__name__: model.objects.count() for model in gone} == dict.fromkeys(
        (model.__name__ for model in gone), 0
    )
    assert not Account.objects.filter(pk=account.pk).exists()
    assert (Examiner.objects.count(), Entry.objects.count()) == (1, 1)
    assert browser.get("/konto/")["Location"].startswith("/konto/logowanie/")
    # The only e-mails that are left tell of the deletion itself.
    assert told(EmailKind.ACCOUNT_DELETED) == {ANNA, KNOWN}
    assert set(Email.objects.values_list("kind", "related_id")) == {(EmailKind.ACCOUNT_DELETED, examiner.pk)}
    deleted = Event.objects.get(tag=Tag.ACCOUNT_DELETED)
    assert deleted.details == {"reason": "asked-for", "examiner": str(examiner.pk)}
    done = Event.objects.get(tag=Tag.ACT_CONFIRMED)
    assert (done.actor, done.subject) == (officer.pk, account.pk)


def test_the_examiner_makes_an_account_again_by_a_first_login(
    account: Account, inspector: Account, officer: Account
) -> None:
    examiner = examiner_of(account)
    confirm(act_id=asked(account, inspector).pk, member=officer)
    claim = make_claim(examiner, email="nowa@example.org")
    token = mailed_token(EmailKind.ACTIVATION, "nowa@example.org")
    again = activate_claim(token=token, password=None, proven_claim=claim.pk)
    assert (again.examiner_id, again.pk == account.pk) == (examiner.pk, False)


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_only_who_keeps_the_register_confirms(account: Account, inspector: Account, role: Role) -> None:
    act = asked(account, inspector)
    with pytest.raises(NotIndependentError):
        confirm(act_id=act.pk, member=make_staff(email="inny@oke.example", roles=[role]))
    assert Account.objects.filter(pk=account.pk).exists()


def test_nobody_is_both_persons_and_the_two_are_independent(account: Account) -> None:
    both = make_staff(roles=[Role.RECORDS, Role.INSPECTOR])
    act = asked(account, both)
    invited = make_staff(email="nowa@oke.example", roles=[Role.RECORDS], invited_by=both)
    newcomer = make_staff(email="od-wczoraj@oke.example", roles=[Role.RECORDS], since=datetime.timedelta(days=1))
    for member in (both, invited, newcomer):
        with pytest.raises(NotIndependentError):
            confirm(act_id=act.pk, member=member)
    assert Account.objects.filter(pk=account.pk).exists()


def test_nobody_asks_or_confirms_about_their_own_record(account: Account, inspector: Account) -> None:
    own_inspector = make_staff(email=KNOWN, roles=[Role.INSPECTOR])
    with pytest.raises(OwnAccountError):
        asked(account, own_inspector)
    act = asked(account, inspector)
    own_officer = make_staff(email=ANNA, roles=[Role.RECORDS])
    with pytest.raises(NotIndependentError):
        confirm(act_id=act.pk, member=own_officer)
    with pytest.raises(NotIndependentError):
        refuse(act_id=act.pk, member=own_officer)


def test_a_deletion_is_never_done_alone(account: Account, inspector: Account) -> None:
    for member in (inspector, None):
        with pytest.raises(AloneNotAllowedError):
            ask(kind=ActKind.DELETE, account=account, reason=REASON, member=member, is_alone=True)
    asked(account, inspector)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=49)):
        assert do_alone() == 0
    assert Account.objects.filter(pk=account.pk).exists()


def test_an_objection_is_seen_before_it_is_confirmed(account: Account, inspector: Account, officer: Account) -> None:
    act = asked(account, inspector)
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    with pytest.raises(ObjectionError):
        confirm(act_id=act.pk, member=officer)
    confirm(act_id=act.pk, member=officer, knows_objection=True)
    assert not Account.objects.filter(pk=account.pk).exists()


def test_it_lapses_after_seven_days_and_the_owner_is_told(
    account: Account, inspector: Account, officer: Account
) -> None:
    act = asked(account, inspector)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7, minutes=1)):
        with pytest.raises(ActClosedError):
            confirm(act_id=act.pk, member=officer)
        assert end_lapsed() == 1
    assert told(EmailKind.SECURITY_NEWS) == {ANNA, KNOWN}
    assert Account.objects.filter(pk=account.pk).exists()


def test_one_thing_at_a_time_waits(account: Account, inspector: Account) -> None:
    give_totp(account)
    ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason=REASON, member=make_staff())
    with pytest.raises(ActWaitsError):
        asked(account, inspector)


def test_the_account_of_the_dead_is_not_asked_about(account: Account, inspector: Account, officer: Account) -> None:
    act = asked(account, inspector)
    mark_deceased(examiner_id=examiner_of(account).pk, on=timezone.localdate())
    with pytest.raises(ActClosedError):
        confirm(act_id=act.pk, member=officer)
    with pytest.raises(AccountClosedError):
        asked(account, inspector)
    assert Account.objects.filter(pk=account.pk).exists()
