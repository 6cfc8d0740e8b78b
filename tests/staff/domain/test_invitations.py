import datetime

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.errors import LinkExpiredError, LinkWithdrawnError
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.staff.domain.independence import may_confirm
from egzaminator.staff.domain.invitations import invite_again, invite_staff
from egzaminator.staff.errors import MemberJoinedError
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_account, make_examiner, make_staff
from tests.helpers.links import mailed_token

pytestmark = pytest.mark.django_db
EMAIL = "iga@oke.example"


@pytest.fixture
def boss() -> Account:
    return make_staff(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def guest(boss: Account) -> Account:
    return invite_staff(name="Iga", email=EMAIL, roles=[Role.HELP_DESK], by=Actor(boss.id))


def test_after_a_day_it_no_longer_works_and_another_one_does(boss: Account, guest: Account) -> None:
    first = mailed_token(EmailKind.STAFF_INVITATION, EMAIL)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=24, seconds=1)):
        with pytest.raises(LinkExpiredError):
            reset_password(token=first, password=PASSWORD)
        invite_again(member=guest, by=Actor(boss.id))
        account = reset_password(token=mailed_token(EmailKind.STAFF_INVITATION, EMAIL), password=PASSWORD)
    assert account == guest
    assert Event.objects.get(tag=Tag.STAFF_INVITED_AGAIN).actor == boss.id


def test_a_second_invitation_withdraws_the_first_link(boss: Account, guest: Account) -> None:
    first = mailed_token(EmailKind.STAFF_INVITATION, EMAIL)
    invite_again(member=guest, by=Actor(boss.id))
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=first, password=PASSWORD)


def test_whoever_has_a_password_is_invited_to_nothing(boss: Account, guest: Account) -> None:
    reset_password(token=mailed_token(EmailKind.STAFF_INVITATION, EMAIL), password=PASSWORD)
    with pytest.raises(MemberJoinedError):
        invite_again(member=guest, by=Actor(boss.id))


def test_a_mailbox_gets_five_a_day(boss: Account, guest: Account) -> None:
    for _ in range(5):
        invite_again(member=guest, by=Actor(boss.id))
    with pytest.raises(MailsUsedUpError):
        invite_again(member=guest, by=Actor(boss.id))
    assert Email.objects.filter(kind=EmailKind.STAFF_INVITATION).count() == 6
    assert Event.objects.filter(tag=Tag.MAIL_CAPPED, subject=guest.id).count() == 1


def test_whoever_invited_first_stays_the_one_who_did(boss: Account, guest: Account) -> None:
    other = make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    invite_again(member=guest, by=Actor(other.id))
    guest.refresh_from_db()
    assert guest.invited_by == boss
    act = Act.objects.create(kind="reset-second-factor", account=make_account(make_examiner()), asked_by=boss)
    Account.objects.filter(pk=guest.pk).update(created_at=timezone.now() - datetime.timedelta(days=30))
    guest.refresh_from_db()
    assert not may_confirm(act=act, member=guest)


def test_a_command_invites_without_an_actor() -> None:
    account = invite_staff(name="Iga", email=EMAIL, roles=[Role.ADMINISTRATOR], by=SYSTEM)
    assert (account.invited_by, Event.objects.get(tag=Tag.STAFF_INVITED).actor) == (None, None)
