import datetime

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.pace import give_bulk_back, take_bulk
from egzaminator.mail.domain.queue import is_anything_due, lease_emails, release_emails
from egzaminator.mail.enums import Priority
from tests.helpers.concurrency import at_once
from tests.helpers.mail import queue
from tests.helpers.receiver import Receiver

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def test_bulk_alone_is_slowed_and_goes_on_a_minute_later(mailbox: Receiver, settings: Settings) -> None:
    settings.MAIL_RATE = 2
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for number in range(3):
            queue(f"{number}@example.pl", priority=Priority.BULK)
        queue("anna@example.pl")
        queue("jan@example.pl", priority=Priority.NOTICE)
        assert deliver_due() == 4
        assert mailbox.recipients[:2] == ["anna@example.pl", "jan@example.pl"]
        # Queued at one moment, the others have no order.
        assert len(set(mailbox.recipients[2:]) & {"0@example.pl", "1@example.pl", "2@example.pl"}) == 2
        assert not is_anything_due()
        queue("ewa@example.pl")
        assert is_anything_due()
        assert deliver_due() == 1
    with time_machine.travel(now + MINUTE, tick=False):
        assert is_anything_due()
        assert deliver_due() == 1


def test_what_was_not_tried_after_all_is_not_counted(settings: Settings) -> None:
    settings.MAIL_RATE = 2
    for number in range(3):
        queue(f"{number}@example.pl", priority=Priority.BULK)
    messages = lease_emails(most=10)
    assert len(messages) == 2
    assert lease_emails(most=10) == []
    release_emails(messages)
    assert len(lease_emails(most=10)) == 2


def test_all_workers_share_the_minute() -> None:
    assert [take_bulk(wanted=3, rate=5) for _ in range(3)] == [3, 2, 0]
    give_bulk_back(count=1)
    assert take_bulk(wanted=3, rate=5) == 1


def test_without_a_rate_nothing_waits(mailbox: Receiver, settings: Settings) -> None:
    assert settings.MAIL_RATE is None
    for number in range(3):
        queue(f"{number}@example.pl", priority=Priority.BULK)
    assert deliver_due() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_together_keep_the_pace_and_hold_nothing_else(mailbox: Receiver, settings: Settings) -> None:
    settings.MAIL_RATE = 5
    for number in range(12):
        queue(f"{number}@example.pl", priority=Priority.BULK)
    urgent = [f"urgent{number}@example.pl" for number in range(4)]
    for address in urgent[:2]:
        queue(address, priority=Priority.ACCESS)
    for address in urgent[2:]:
        queue(address, priority=Priority.NOTICE)
    now = timezone.now()
    for minute, sent in enumerate((9, 5, 2)):
        with time_machine.travel(now + minute * MINUTE, tick=False):
            assert sum(at_once(deliver_due, deliver_due)) == sent
            assert not is_anything_due()
        bulk = [address for address in mailbox.recipients if address not in urgent]
        assert len(bulk) == min(5 * (minute + 1), 12)
        assert sorted(set(mailbox.recipients) & set(urgent)) == urgent
    assert len(mailbox.recipients) == len(set(mailbox.recipients)) == 16
