"""Who may ask for an act, and who is a second person."""

import datetime
import functools

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from egzaminator.accounts.enums import ActKind, ActOutcome, EmailChangeOutcome
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.staff.domain.acts import confirm, refuse
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.domain.independence import may_confirm
from egzaminator.staff.errors import NotIndependentError, OwnAccountError
from egzaminator.staff.models import Act
from tests.helpers.factories import PESELS, freeze, make_account, make_examiner, make_staff
from tests.staff.acts import ANNA, DAY, KNOWN, state_of

pytestmark = pytest.mark.django_db


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
