import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from egzaminator.backup.postgres_tools import run_program, server_version
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.results import refresh
from egzaminator.mailings.domain.sending import BEGIN_TASK, begin_due
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.runtime.jobs import start_job
from egzaminator.staff.roles import Role
from tests.backup.servers import PASSWORD, Server, server
from tests.faults.test_delivery import let_the_lease_end
from tests.faults.workers import Worker, kill, wait_for
from tests.helpers.concurrency import is_somebody_waiting
from tests.helpers.factories import make_examiner, make_staff
from tests.helpers.receiver import Receiver
from tests.mailings.writing import press, write

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
PEOPLE = 40
# Seconds. A worker imports the whole site before its first job, and here other tests are run meanwhile.
PATIENCE = 90


def mail_to_many() -> Mailing:
    """Send a mailing to as many people as a batch and a kill need."""
    for number in range(PEOPLE):
        make_examiner(
            pesel=None,
            numbers=(),
            identifier=f"id{number}",
            identifier_key=f"id{number}",
            surname=f"Lis{number:02}",
            email=f"{number}@example.pl",
        )
    member = make_staff(roles=[Role.RECORDS])
    return press(write(member), member)


def is_sent(mailing: Mailing) -> Callable[[], bool]:
    return lambda: not Recipient.objects.filter(mailing=mailing).exclude(email_id__in=_accepted()).exists()


@pytest.fixture
def own_server(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the test's own with a copy of the tests' database, which this process works on."""
    with (
        tempfile.TemporaryDirectory(prefix="egzaminator-server-") as folder,
        server(Path(folder)) as made,
        tempfile.TemporaryFile() as dump,
    ):
        version = server_version()
        with run_program("pg_dump", "--no-owner", "--format=custom", version=version, stdout=dump.fileno()):
            pass
        own = dict(connection.settings_dict)
        connections.close_all()
        monkeypatch.setenv("PGPASSWORD", PASSWORD)  # for the worker
        connection.settings_dict |= {
            "HOST": "127.0.0.1", "PORT": made.port, "USER": "owner", "PASSWORD": PASSWORD, "NAME": "postgres",
        }  # fmt: skip
        try:
            dump.seek(0)
            with run_program("pg_restore", "--no-owner", "--exit-on-error", version=version, stdin=dump.fileno()):
                pass
            yield made
        finally:
            connections.close_all()
            connection.settings_dict |= own


def _accepted() -> list[object]:
    return list(Email.objects.filter(state="accepted").values_list("pk", flat=True))


def test_killed_in_the_middle_each_person_gets_it_and_repeats_are_known_by_their_id(
    mailbox: Receiver, start_worker: Callable[[int], Worker]
) -> None:
    mailing = mail_to_many()
    held = mailbox.hold("20@example.pl")
    worker = start_worker(mailbox.port)
    mailbox.wait_until_silent(PATIENCE)
    kill(worker)
    held.set()

    start_worker(mailbox.port)
    let_the_lease_end()
    wait_for(is_sent(mailing), PATIENCE)

    ids = Counter(received.email["Message-ID"] for received in mailbox.received)
    assert set(mailbox.recipients) == {f"{number}@example.pl" for number in range(PEOPLE)}
    assert len(ids) == PEOPLE


def test_killed_while_it_queues_nothing_is_half_queued(
    mailbox: Receiver, start_worker: Callable[[int], Worker]
) -> None:
    mailing = mail_to_many()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE mail_email IN ACCESS EXCLUSIVE MODE")
        worker = start_worker(mailbox.port)
        wait_for(lambda: is_somebody_waiting(table="mail_email"), PATIENCE)
        kill(worker)
    assert Mailing.objects.get().state == MailingState.PLANNED
    assert not Email.objects.filter(kind="mailing").exists()

    start_worker(mailbox.port)
    start_job(task=BEGIN_TASK)
    wait_for(is_sent(mailing), PATIENCE)
    assert Counter(mailbox.recipients) == Counter(f"{number}@example.pl" for number in range(PEOPLE))


def test_it_begins_although_somebody_looks_at_it_at_that_moment() -> None:
    mailing = mail_to_many()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            refresh(mailing_id=mailing.pk)
            begins = pool.submit(in_a_thread, begin_due)
            wait_for(lambda: begins.done() or is_somebody_waiting())
        begins.result()
    assert Mailing.objects.get().state == MailingState.SENDING


def in_a_thread(act: Callable[[], None]) -> None:
    """Do something in a thread, and leave no connection behind."""
    try:
        act()
    finally:
        connection.close()


def test_two_workers_send_it_to_each_person_once(mailbox: Receiver, start_worker: Callable[[int], Worker]) -> None:
    mailing = mail_to_many()
    for _ in range(2):
        start_worker(mailbox.port)
    wait_for(is_sent(mailing), PATIENCE)
    assert Counter(mailbox.recipients) == Counter(f"{number}@example.pl" for number in range(PEOPLE))


def test_with_its_database_connections_broken_in_the_middle_each_person_gets_it(
    mailbox: Receiver, start_worker: Callable[[int], Worker]
) -> None:
    mailing = mail_to_many()
    held = mailbox.hold("20@example.pl")
    worker = start_worker(mailbox.port)
    mailbox.wait_until_silent(PATIENCE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.rowcount
    held.set()

    kill(worker)
    start_worker(mailbox.port)
    let_the_lease_end()
    wait_for(is_sent(mailing), PATIENCE)

    ids = Counter(received.email["Message-ID"] for received in mailbox.received)
    assert set(mailbox.recipients) == {f"{number}@example.pl" for number in range(PEOPLE)}
    assert len(ids) == PEOPLE


def test_with_its_database_restarted_in_the_middle_each_person_gets_it(
    own_server: Server, mailbox: Receiver, start_worker: Callable[[int], Worker]
) -> None:
    mailing = mail_to_many()
    held = mailbox.hold("20@example.pl")
    worker = start_worker(mailbox.port)
    mailbox.wait_until_silent(PATIENCE)
    own_server.program("pg_ctl", "restart", "-w", "-m", "immediate", "-D", str(own_server.data))
    connection.close()
    held.set()

    worker.wait(PATIENCE)  # it notices, and ends
    start_worker(mailbox.port)  # as systemd does (deploy/egzaminator-worker@.service)
    let_the_lease_end()
    wait_for(is_sent(mailing), PATIENCE)

    ids = Counter(received.email["Message-ID"] for received in mailbox.received)
    assert set(mailbox.recipients) == {f"{number}@example.pl" for number in range(PEOPLE)}
    assert len(ids) == PEOPLE
    assert max(ids.values()) == 2
