"""What ends an act that waits, and what does not: time, objections, changes, answers at once."""

import datetime
import functools

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.errors import AccountClosedError
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.staff.domain.acts import confirm, end_lapsed, has_objection, refuse
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.domain.retention import delete_old_acts
from egzaminator.staff.errors import ActClosedError, ObjectionError
from egzaminator.staff.models import Act
from tests.helpers.concurrency import at_once
from tests.helpers.factories import make_staff
from tests.helpers.links import mailed_token
from tests.staff.acts import ANNA, DAY, KNOWN, state_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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
    with pytest.raises(ObjectionError):  # whoever confirms has to have seen it
        confirm(act_id=act.id, member=second)
    assert state_of(account) == "frozen"
    confirm(act_id=act.id, member=second, knows_objection=True)
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
