"""How fast queued e-mails are delivered, compared with a bare `smtplib` loop.

Prints `delivery: RATIO`: the time of a loop over `smtplib.SMTP.sendmail` divided by the time of `deliver_due`, for the
same e-mails and the same receiver on this machine; and `mailing: RATIO`, the same for a mailing, whose e-mails are made
while they are sent. Then the seconds that it takes to queue a mailing to 20,000 people, and that an activation e-mail
waits behind it. `two workers: RATIO` is the time that one worker takes for a mailing, divided by the time of two
workers, with a receiver that takes as long for each e-mail as one that writes it to its disk.
docs/scaling.md works with the e-mails a second, which are printed too.
"""

import datetime
import logging
import multiprocessing
import smtplib
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.measuring.database import own_database
from benchmarks.measuring.report import Report, reporting, size

if TYPE_CHECKING:
    from egzaminator.mail.models import Email

ROUNDS = size(41, smoke=2)
MESSAGES = size(200, smoke=5)
PEOPLE = size(20_000, smoke=5)
WORKER_ROUNDS = size(11, smoke=1)
DISK_SECONDS = 0.01
_FORK = multiprocessing.get_context("fork")
ANSWERS = {
    b"EHLO": b"250-localhost\r\n250 PIPELINING\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


def main() -> None:
    """Measure both alternately and report the ratio of the medians."""
    # The receivers are forked before Django is set up.
    with receiver() as port, receiver(DISK_SECONDS) as slow_port, reporting() as report, own_database("delivery"):
        measure(port, report)
        _measure_workers(slow_port, report)


@contextmanager
def receiver(seconds: float = 0) -> Iterator[int]:
    """Run a receiver in a process of its own, and yield its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    process = _FORK.Process(target=receive, args=[listener, seconds], daemon=True)
    process.start()
    try:
        yield listener.getsockname()[1]
    finally:
        process.terminate()


def receive(listener: socket.socket, seconds: float) -> None:
    """Accept e-mails as fast as Python can, or each after some seconds: one thread a connection, constant replies.

    Like Postfix and Exim it offers PIPELINING, and replies together to commands that came together (RFC 2920, section
    3.2). The client decides whether to use it.
    """
    while True:
        client, _ = listener.accept()
        threading.Thread(target=_converse, args=[client, seconds], daemon=True).start()


def _converse(client: socket.socket, seconds: float) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client:
        client.sendall(b"220 ready\r\n")
        while commands := client.recv(4096):
            verbs = [command[:4].upper() for command in commands.splitlines()]
            client.sendall(b"".join(ANSWERS.get(verb, b"250 fine\r\n") for verb in verbs))
            if verbs[-1] == b"DATA":
                end = b""
                while not end.endswith(b"\r\n.\r\n"):
                    end = end[-4:] + client.recv(65536)
                time.sleep(seconds)
                client.sendall(b"250 2.0.0 taken\r\n")


def measure(port: int, report: Report) -> None:
    """Report the ratio, with the receiver on `port`."""
    from django.conf import settings  # noqa: PLC0415 -- needs Django set up

    from egzaminator.runtime.environment import MailServer, Security  # noqa: PLC0415 -- needs Django set up

    logging.disable(logging.INFO)
    settings.MAIL_SERVER = MailServer("127.0.0.1", port, Security.NONE)
    bare, ours = _times(port)
    report.at_least(0.5, "delivery", bare / ours)
    report.figure("e-mails delivered", MESSAGES / ours, "a second")
    _measure_mailings(port, report)


def _measure_mailings(port: int, report: Report) -> None:
    from benchmarks.registers import mailing_to_many  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.domain.deliver import deliver_due  # noqa: PLC0415 -- needs Django set up

    few = mailing_to_many.make_people(MESSAGES)
    bare, ours = [], []
    for _ in range(ROUNDS):
        mailing_to_many.queue_mailing(few)
        contents = mailing_to_many.contents_of_mailing()
        assert len(contents) == MESSAGES
        bare.append(_seconds(lambda contents=contents: _send_all(port, contents)))  # type: ignore[misc]  # a default
        ours.append(_seconds(deliver_due))
    report.at_least(0.6, "mailing", statistics.median(bare) / statistics.median(ours))
    report.figure("e-mails of a mailing delivered", MESSAGES / statistics.median(ours), "a second")

    many = mailing_to_many.make_people(PEOPLE)
    report.at_most(15, "queueing a mailing", mailing_to_many.queue_mailing(many), f"seconds, {PEOPLE} people")
    report.at_most(5, "activation behind a mailing", mailing_to_many.wait_of_activation(), "seconds")


def _measure_workers(port: int, report: Report) -> None:
    from django.conf import settings  # noqa: PLC0415 -- needs Django set up
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    from benchmarks.registers import mailing_to_many  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.domain.deliver import deliver_due  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.models import Email  # noqa: PLC0415 -- needs Django set up
    from egzaminator.runtime.environment import MailServer, Security  # noqa: PLC0415 -- needs Django set up

    settings.MAIL_SERVER = MailServer("127.0.0.1", port, Security.NONE)
    few = mailing_to_many.make_people(MESSAGES)
    connection.close()  # the workers get connections of their own
    with ProcessPoolExecutor(2, _FORK) as pool:

        def deliver(workers: int) -> float:
            mailing_to_many.queue_mailing(few)
            seconds = _seconds(lambda: wait([pool.submit(deliver_due) for _ in range(workers)]))
            assert Email.objects.filter(state="accepted").count() == MESSAGES
            return seconds

        wait([pool.submit(time.sleep, 1) for _ in range(2)])  # both are forked before there is a connection
        one, two = zip(*[(deliver(1), deliver(2)) for _ in range(WORKER_ROUNDS)], strict=True)
    report.at_least(1.5, "two workers", statistics.median(one) / statistics.median(two))


def _times(port: int) -> tuple[float, float]:
    from django.db import connection  # noqa: PLC0415 -- needs Django set up

    from egzaminator.mail.domain.deliver import deliver_due  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.models import Email  # noqa: PLC0415 -- needs Django set up

    rows, contents = _write_messages()
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(_seconds(lambda: _send_all(port, contents)))
        with connection.cursor() as cursor:
            # Between two mailings autovacuum would have cleaned up.
            cursor.execute("TRUNCATE mail_email CASCADE")  # and what was negotiated with servers
            Email.objects.bulk_create(rows)
            cursor.execute("VACUUM ANALYZE mail_email")
        ours.append(_seconds(deliver_due))
        assert Email.objects.filter(state="accepted").count() == MESSAGES
    return statistics.median(bare), statistics.median(ours)


def _write_messages() -> tuple[list["Email"], list[bytes]]:
    from django.utils import timezone  # noqa: PLC0415 -- needs Django set up

    from egzaminator.core.encryption import decrypt  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.catalogue import EmailKind  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.domain.queue import Recipient, queue_email  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.domain.render import OneTimeUrl  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.enums import Priority  # noqa: PLC0415 -- needs Django set up
    from egzaminator.mail.models import content_context  # noqa: PLC0415 -- needs Django set up

    now = timezone.now()
    link = OneTimeUrl(f"{'https://example.pl/a/':x<60}/", expires_at=now + datetime.timedelta(days=7))
    rows = [
        queue_email(
            kind="activation",
            related_id=uuid.uuid4(),
            to=Recipient(email=f"egzaminator{number}@example.pl", name="Grażyna Brzęczyszczykiewicz", language="pl"),
            context={"link": link, "saved_at": now, "expires_at": link.expires_at},
            priority=Priority.BULK,
            keeps_copy=False,
            button=EmailKind.ACTIVATION.button,
        )
        for number in range(MESSAGES)
    ]
    contents = []
    for row in rows:
        assert row.content is not None
        contents.append(decrypt(row.content, context=content_context(row.pk)).encode())
    return rows, contents


def _send_all(port: int, contents: list[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
        for number, content in enumerate(contents):
            smtp.sendmail(f"bounce+{number:032x}@localhost", [f"egzaminator{number}@example.pl"], content)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
