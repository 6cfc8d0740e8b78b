"""Inviting whoever has no account: whom, by what way, once, and who accepted it."""

import datetime
import uuid

import pytest
import time_machine

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Priority
from egzaminator.mail.models import Email, EmailHold
from egzaminator.mailings.domain.invitations import (
    count_waiting,
    count_ways,
    invite,
    may_be_invited,
    not_accepted,
    queue_waiting,
    without_a_way,
)
from egzaminator.mailings.enums import InvitationWay
from egzaminator.mailings.errors import NobodyError, PeopleChangedError
from egzaminator.mailings.models import Invitation, Invited
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import HOME, PESELS, add_entry, make_account, make_examiner, make_staff
from tests.helpers.links import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Account:
    return make_staff(roles=[Role.RECORDS])


def person(number: int, **fields: object) -> Examiner:
    name = f"os-{number}"
    return make_examiner(pesel=None, numbers=(f"N/{number}",), identifier=name, identifier_key=name, **fields)  # type: ignore[arg-type]


def press(member: Account, *, shown: int, key: uuid.UUID | None = None) -> Invitation:
    return invite(invitation_id=key or uuid.uuid4(), people=Examiner.objects.all(), shown=shown, by=Actor(member.pk))


def test_an_e_mail_before_a_letter_and_whoever_has_neither_is_named() -> None:
    both = person(1, email="a@example.org", postal_address=HOME)
    held = person(2, email="Held@example.org", postal_address=HOME)
    nobody = person(3, email="lost@example.org")
    EmailHold.objects.create(email="held@example.org")
    EmailHold.objects.create(email="lost@example.org")
    people = may_be_invited(Examiner.objects.all())
    assert set(people) == {both, held, nobody}
    assert count_ways(people) == {InvitationWay.EMAIL: 1, InvitationWay.LETTER: 1, InvitationWay.NONE: 1}
    assert list(without_a_way(people)) == [nobody]


def test_never_who_has_an_account_is_struck_off_deceased_or_taken_back() -> None:
    make_account(person(1))
    struck = make_examiner(numbers=())
    add_entry(struck, "S/1", EntryState.STRUCK_OFF)
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    Examiner.objects.filter(pk=person(2).pk).update(deceased_on=now.date(), deceased_marked_at=now)
    Examiner.objects.filter(pk=person(3).pk).update(taken_back_at=now, identifier="", identifier_key=None)
    assert list(may_be_invited(Examiner.objects.all())) == []


def test_pressing_twice_invites_once_and_the_e_mail_names_no_credential(member: Account) -> None:
    anna = make_examiner(email="anna@example.org")
    key = uuid.uuid4()
    made = press(member, shown=1, key=key)
    assert press(member, shown=1, key=key) == made
    queue_waiting()
    queue_waiting()
    email = Email.objects.get(kind=EmailKind.INVITATION)
    assert (email.email, email.priority, email.related_id) == ("anna@example.org", Priority.BULK, anna.pk)
    assert Invited.objects.get().email_id == email.pk
    text = text_of(email)
    assert "/pomoc/pierwsze-logowanie/" in text
    assert (PESELS[0] in text, "MBI/1/2019" in text) == (False, False)
    assert Event.objects.get(tag=Tag.INVITATION_MADE).details == {"invitation": str(made.pk), "people": 1}


def test_nobody_is_invited_again_before_the_days_are_over(member: Account) -> None:
    make_examiner(email="anna@example.org")
    made = press(member, shown=1)
    with pytest.raises(NobodyError):
        press(member, shown=0)
    with time_machine.travel(made.made_at + datetime.timedelta(days=14, minutes=1), tick=False):
        assert list(may_be_invited(not_accepted(made))) == list(Examiner.objects.all())


def test_another_number_of_people_than_shown_invites_nobody(member: Account) -> None:
    make_examiner(email="anna@example.org")
    with pytest.raises(PeopleChangedError):
        press(member, shown=2)
    assert Invitation.objects.count() == 0


def test_whoever_cannot_get_it_any_more_is_left_out(member: Account) -> None:
    first, second = person(1, email="a@example.org"), person(2, email="b@example.org")
    made = press(member, shown=2)
    make_account(first)
    EmailHold.objects.create(email="b@example.org")
    queue_waiting()
    assert Email.objects.filter(kind=EmailKind.INVITATION).count() == 0
    assert set(made.invited.values_list("examiner", "is_left_out")) == {(first.pk, True), (second.pk, True)}


def test_what_somebody_pressed_who_lost_the_role_goes_to_nobody(member: Account) -> None:
    make_examiner(email="a@example.org")
    press(member, shown=1)
    member.groups.clear()
    queue_waiting()
    assert Email.objects.filter(kind=EmailKind.INVITATION).count() == 0


def test_who_has_made_an_account_since_has_accepted(member: Account) -> None:
    anna = make_examiner(email="a@example.org")
    made = press(member, shown=1)
    queue_waiting()
    assert (count_waiting(made), list(not_accepted(made))) == (1, [anna])
    make_account(anna)
    assert list(not_accepted(made)) == []
