import socket
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.utils import timezone

from egzaminator.mail.enums import DeliveryState, Priority
from egzaminator.mail.models import Email
from egzaminator.runtime.jobs import start_job
from tests.faults.workers import Worker, kill, wait_for
from tests.helpers.mail import queue
from tests.helpers.receiver import Receiver

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


def let_the_lease_end() -> None:
    """Do what would happen after two minutes, at the next full one."""
    Email.objects.filter(state=DeliveryState.SENDING).update(leased_until=timezone.now())
    start_job(task="mail.deliver")


def is_all_delivered() -> bool:
    return not Email.objects.exclude(state=DeliveryState.ACCEPTED).exists()


def test_killed_between_lease_and_sending_nothing_is_lost_or_repeated(start_worker: Callable[[int], Worker]) -> None:
    addresses = [f"{number}@example.pl" for number in range(5)]
    for address in addresses:
        queue(address)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        worker = start_worker(port)
        client, _ = silent.accept()
        assert set(Email.objects.values_list("state", flat=True)) == {DeliveryState.SENDING}
        kill(worker)
        client.close()

    receiver = Receiver()
    receiver.port = port
    with receiver:
        start_worker(port)
        let_the_lease_end()
        wait_for(is_all_delivered)

        assert Counter(receiver.recipients) == Counter(addresses)


def test_killed_while_the_server_holds_its_answer_only_what_was_in_flight_goes_again(
    mailbox: Receiver, start_worker: Callable[[int], Worker]
) -> None:
    messages = [queue(f"{number}@example.pl") for number in range(5)]
    held = mailbox.hold("2@example.pl")
    worker = start_worker(mailbox.port)
    mailbox.wait_until_silent()
    kill(worker)
    held.set()

    start_worker(mailbox.port)
    let_the_lease_end()
    wait_for(is_all_delivered)

    assert Counter(received.email["Message-ID"] for received in mailbox.received) == Counter(
        [message.message_id for message in messages] + [messages[2].message_id]
    )


def test_killed_in_the_middle_of_many_none_is_lost_and_repeats_are_known_by_their_id(
    mailbox: Receiver, start_worker: Callable[[int], Worker]
) -> None:
    ids = {queue(f"{number}@example.pl", priority=Priority.BULK).message_id for number in range(50)}
    held = mailbox.hold("30@example.pl")
    worker = start_worker(mailbox.port)
    mailbox.wait_until_silent()
    kill(worker)
    held.set()

    start_worker(mailbox.port)
    let_the_lease_end()
    wait_for(is_all_delivered)

    assert {received.email["Message-ID"] for received in mailbox.received} == ids


def test_two_workers_send_each_message_once(mailbox: Receiver, start_worker: Callable[[int], Worker]) -> None:
    addresses = [f"{number}@example.pl" for number in range(60)]
    for _ in range(2):
        start_worker(mailbox.port)
    for address in addresses:
        queue(address, priority=Priority.BULK)

    wait_for(is_all_delivered)

    assert Counter(mailbox.recipients) == Counter(addresses)


def test_a_queued_message_is_delivered_within_moments(mailbox: Receiver, start_worker: Callable[[int], Worker]) -> None:
    queue("first@example.pl")
    start_worker(mailbox.port)
    wait_for(is_all_delivered)

    started_at = time.monotonic()
    queue("second@example.pl")
    wait_for(is_all_delivered)

    assert time.monotonic() - started_at < 5
    assert mailbox.recipients == ["first@example.pl", "second@example.pl"]
