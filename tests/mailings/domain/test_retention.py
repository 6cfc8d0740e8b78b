import datetime

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mailings.domain.retention import delete_old_mailings
from egzaminator.mailings.domain.sending import pause
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_examiner, make_staff
from tests.helpers.receiver import Receiver
from tests.mailings.writing import press, work, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


def test_a_mailing_goes_a_year_after_it_ended_a_draft_after_it_was_begun_and_a_stopped_one_after_its_start(
    mailbox: Receiver, officer: Account
) -> None:
    make_examiner(email="anna@example.pl")
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        press(write(officer), officer)
        work()
        write(officer)
        pause(mailing_id=press(write(officer), officer).pk, by=Actor(officer.pk))
        waiting = press(write(officer), officer, starts_at=now + datetime.timedelta(days=500))
    with time_machine.travel(now + datetime.timedelta(days=364), tick=False):
        assert delete_old_mailings() == 0
    with time_machine.travel(now + datetime.timedelta(days=365), tick=False):
        assert delete_old_mailings() == 3
    assert list(Mailing.objects.all()) == [waiting]
    assert Recipient.objects.get().mailing == waiting
