"""Two persons at the same moment, in two processes, each past its reading when the other one writes.

Where a lock keeps the second one from reading at all, the first does not wait for it.
"""

import datetime

import pytest
from django.utils import timezone

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.records.domain.joining import show_both
from egzaminator.staff.domain.acts import confirm
from egzaminator.staff.domain.asking import Joining, ask
from egzaminator.staff.domain.membership import members_with
from egzaminator.staff.models import Act, AloneChange
from egzaminator.staff.roles import Role
from tests.faults import races
from tests.helpers.factories import PESELS, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token
from tests.helpers.processes import Racer, in_two_processes
from tests.staff.acts import ANNA, KNOWN, told

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
NEW = "nowa@example.net"


@pytest.fixture
def account() -> Account:
    return make_old(make_account(make_examiner(email=KNOWN), email=ANNA))


@pytest.fixture
def first() -> Account:
    return make_staff()


@pytest.fixture
def second() -> Account:
    return make_staff(email="ewa@oke.example", name="Ewa Druga")


@pytest.fixture
def act(account: Account, first: Account) -> Act:
    return ask(kind=ActKind.CORRECT_EMAIL, account=account, email=NEW, reason="Rozmowa", member=first)


def now(account: Account) -> tuple[str, str]:
    account.refresh_from_db()
    return account.state, account.email


@pytest.mark.parametrize("remove", [races.end_other, races.take_role])
def test_two_administrators_who_remove_each_other_leave_one(first: Account, second: Account, remove: Racer) -> None:
    one, other = str(first.id), str(second.id)
    raised = in_two_processes(remove, remove, {"whom": other, "by": one}, {"whom": one, "by": other})
    assert sorted(raised) == ["", "NotAdministratorError"]
    assert members_with(Role.ADMINISTRATOR).count() == 1


@pytest.mark.parametrize("other", [races.confirm_act, races.refuse_act])
def test_of_two_answers_to_an_act_one_counts(act: Act, second: Account, other: Racer) -> None:
    third = make_staff(email="trzecia@oke.example")
    given = [{"act": str(act.id), "by": str(member.id)} for member in (second, third)]
    raised = in_two_processes(races.confirm_act, other, *given)
    assert sorted(raised) == ["", "ActClosedError"]
    act.refresh_from_db()
    done = Event.objects.get(tag__in=[Tag.ACT_CONFIRMED, Tag.ACT_REFUSED])
    assert act.answered_by_id == done.actor
    assert (act.outcome == "done") is (done.tag == Tag.ACT_CONFIRMED)
    assert len(told(EmailKind.NEW_EMAIL)) == (act.outcome == "done")


def test_a_freeze_just_after_the_confirmation_stops_what_was_begun(act: Act, account: Account, second: Account) -> None:
    token = mailed_token(EmailKind.ACT_ASKED, ANNA)
    given = {"act": str(act.id), "by": str(second.id)}
    assert in_two_processes(races.confirm_act, races.freeze_late, given, {"token": token}) == ["", ""]
    act.refresh_from_db()
    assert (act.outcome, EmailChange.objects.get().outcome, now(account)) == ("done", "stopped", ("frozen", ANNA))


def test_a_confirmation_just_after_the_objection_does_nothing(act: Act, account: Account, second: Account) -> None:
    token = mailed_token(EmailKind.ACT_ASKED, ANNA)
    given = {"act": str(act.id), "by": str(second.id)}
    raised = in_two_processes(races.confirm_late, races.freeze_first, given, {"token": token})
    assert raised == ["ObjectionError", ""]
    act.refresh_from_db()
    assert (act.outcome, EmailChange.objects.count(), now(account)) == ("", 0, ("frozen", ANNA))


def test_a_freeze_just_after_the_new_mailbox_confirmed_takes_the_address_back(
    act: Act, account: Account, second: Account
) -> None:
    confirm(act_id=act.id, member=second)
    new, former = mailed_token(EmailKind.NEW_EMAIL, NEW), mailed_token(EmailKind.EMAIL_CHANGE_ASKED, ANNA)
    given = {"token": new, "name": PESELS[0]}
    assert in_two_processes(races.prove_mailbox, races.freeze_late, given, {"token": former}) == ["", ""]
    assert now(account) == ("frozen", ANNA)
    outcomes = EmailChange.objects.order_by("closed_at").values_list("outcome", flat=True)
    assert list(outcomes) == ["confirmed", "restored"]


def two_records() -> tuple[Account, Account]:
    """Make the accounts of two records of one person."""
    other = make_examiner(pesel=None, numbers=(), identifier="UA-17", identifier_key="ua-17")
    return make_old(make_account(make_examiner(numbers=()))), make_old(make_account(other, email=KNOWN))


def ask_to_join(staying: Account, closed: Account, member: Account) -> Act:
    assert staying.examiner is not None
    assert closed.examiner is not None
    shown = show_both(staying.examiner, closed.examiner)
    joining = Joining(closed=closed, kept_id=staying.examiner.id, shown=shown)
    return ask(kind=ActKind.JOIN, account=staying, joining=joining, reason="Pismo", member=member)


def test_of_two_requests_to_join_in_opposite_directions_one_waits(first: Account, second: Account) -> None:
    one, other = (str(account.id) for account in two_records())
    asked = [
        {"staying": one, "closed": other, "by": str(first.id)},
        {"staying": other, "closed": one, "by": str(second.id)},
    ]
    raised = in_two_processes(races.ask_to_join, races.ask_to_join, *asked)
    assert sorted(raised) == ["", "ActWaitsError"]
    assert Act.objects.count() == 1


def test_of_two_who_confirm_a_joining_at_once_one_does_it(first: Account, second: Account) -> None:
    staying, closed = two_records()
    act = ask_to_join(staying, closed, first)
    third = make_staff(email="trzecia@oke.example")
    given = [{"act": str(act.id), "by": str(member.id)} for member in (second, third)]
    raised = in_two_processes(races.confirm_joining, races.confirm_joining, *given)
    assert sorted(raised) == ["", "ActClosedError"]
    closed.refresh_from_db()
    assert (closed.state, Event.objects.filter(tag=Tag.ACCOUNT_JOINED).count()) == ("closed", 1)


def test_a_record_that_is_joined_elsewhere_meanwhile_loses_no_account(first: Account, second: Account) -> None:
    staying, closed = two_records()
    act = ask_to_join(staying, closed, first)
    third = make_examiner(pesel=PESELS[1], numbers=())
    given = [{"act": str(act.id), "by": str(second.id)}, {"kept": str(third.id), "other": str(staying.examiner_id)}]
    raised = in_two_processes(races.confirm_joining, races.join_alone, *given)
    act.refresh_from_db()
    staying.refresh_from_db()
    closed.refresh_from_db()
    if raised == ["", "ChangedMeanwhileError"]:  # the confirmation came first
        assert (act.outcome, staying.state, closed.state) == ("done", "active", "closed")
    else:
        assert raised == ["ActClosedError", ""]
        assert (act.outcome, staying.examiner, closed.state) == ("lapsed", third, "active")


def test_two_administrators_who_change_the_setting_ask_for_one_change(first: Account, second: Account) -> None:
    given = [{"by": str(member.id), "is_allowed": True} for member in (first, second)]
    assert in_two_processes(races.change_setting, races.change_setting, *given) == ["", ""]
    assert AloneChange.objects.filter(cancelled_at=None).count() == 1
    assert Event.objects.filter(tag=Tag.ALONE_CHANGE_ASKED).count() == 1


def test_what_is_asked_while_the_setting_is_changed_is_asked_under_the_one_that_holds(
    account: Account, first: Account, second: Account
) -> None:
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - datetime.timedelta(days=1))
    asking = {"account": str(account.id), "by": str(first.id), "email": NEW}
    changing = {"by": str(second.id), "is_allowed": False}
    assert in_two_processes(races.ask_alone, races.change_setting, asking, changing) == ["", ""]
    assert Act.objects.get().alone_at is not None
    change = AloneChange.objects.get(is_allowed=False)
    assert change.starts_at > timezone.now()
