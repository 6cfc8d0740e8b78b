"""The bounce mailbox is read from a real IMAP server."""

import datetime
import logging
import os
import socket
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.mail.domain.bounce_mailbox import NOT_UNDERSTOOD, READ, read_mailbox
from egzaminator.mail.enums import BounceTrouble, ReportOutcome
from egzaminator.mail.models import Bounce, BounceAlarm, BounceMailbox
from egzaminator.runtime.environment import ImapMailbox
from tests.helpers.mail_servers import can_run_servers, dovecot
from tests.helpers.reports import hand_over, kept_report, report

pytestmark = pytest.mark.django_db
needs_dovecot = pytest.mark.skipif(not can_run_servers(), reason="takes root and the servers of install-tools.sh")


@pytest.fixture
def imap(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[IMAPClient]:
    """Run the server, name it in the settings, and give a session of one who looks at the mailbox."""
    with dovecot(monkeypatch) as mailbox:
        settings.BOUNCE_MAILBOX = mailbox
        with IMAPClient(mailbox.host, mailbox.port) as client:
            client.login(mailbox.user, mailbox.password)
            yield client


def put(imap: IMAPClient, *messages: bytes) -> None:
    for message in messages:
        imap.append("INBOX", message)


def count(imap: IMAPClient, folder: str) -> int:
    return int(imap.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])


@needs_dovecot
def test_what_waits_is_read_moved_and_counted(imap: IMAPClient) -> None:
    message = hand_over()
    huge = report(hand_over("jan@szkola.example")).replace(b"--b--", b"x" * 10_000_000 + b"\r\n--b--")
    put(
        imap, report(message), kept_report("letter.eml", message), kept_report("out-of-office-gmail.eml", message), huge
    )
    put(imap, b"\xff" * 1000, report(message, token="a" * 52))

    assert read_mailbox(take_report).read == 6

    assert Bounce.objects.count() == 2
    assert (count(imap, "INBOX"), count(imap, READ), count(imap, NOT_UNDERSTOOD)) == (0, 4, 2)
    assert BounceMailbox.objects.get().not_understood == 2
    assert read_mailbox(take_report).read == 0
    assert not BounceAlarm.objects.exists()


@needs_dovecot
def test_a_killed_worker_leaves_the_message_for_the_next_run(imap: IMAPClient) -> None:
    message = hand_over()
    put(imap, report(message))

    def take_and_die(raw: bytes) -> ReportOutcome:
        take_report(raw)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_mailbox(take_and_die)
    assert count(imap, "INBOX") == 1

    assert read_mailbox(take_report).read == 1
    assert Bounce.objects.count() == 1
    assert count(imap, READ) == 1


@needs_dovecot
def test_what_was_read_is_deleted_after_thirty_days(imap: IMAPClient) -> None:
    read_mailbox(take_report)  # which makes the folders
    now = datetime.datetime.now(tz=datetime.UTC)
    for folder, days in ((READ, 32), (READ, 29), (NOT_UNDERSTOOD, 32), (NOT_UNDERSTOOD, 367)):
        imap.append(folder, b"Subject: x\r\n\r\n", msg_time=now - datetime.timedelta(days=days))

    assert read_mailbox(take_report).deleted == 2

    assert (count(imap, READ), count(imap, NOT_UNDERSTOOD)) == (1, 1)


@needs_dovecot
def test_a_wrong_password_is_told_without_it_and_the_alarm_ends(
    imap: IMAPClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    right = settings.BOUNCE_MAILBOX
    settings.BOUNCE_MAILBOX = ImapMailbox(right.host, right.port, "bounce", "tajne-haslo", "INBOX")
    assert read_mailbox(take_report).read == 0

    assert BounceAlarm.objects.get().reply == "the log-in is refused"
    assert "tajne-haslo" not in caplog.text

    settings.BOUNCE_MAILBOX = right
    read_mailbox(take_report)
    assert not BounceAlarm.objects.exists()


def test_a_server_that_does_not_answer_raises_one_alarm(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.BOUNCE_MAILBOX = ImapMailbox("127.0.0.1", port, "bounce", "tajne-haslo", "INBOX")
    for _ in range(3):
        assert read_mailbox(take_report).read == 0

    alarm = BounceAlarm.objects.get()
    assert (alarm.trouble, alarm.reply) == (BounceTrouble.MAILBOX, os.strerror(111))
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "BOUNCE_MAILBOX_URL" in errors[0]
    assert "tajne-haslo" not in caplog.text


def test_without_a_mailbox_nothing_is_read(settings: Settings) -> None:
    settings.BOUNCE_MAILBOX = None

    assert read_mailbox(take_report).read == 0
    assert not BounceMailbox.objects.exists()
    assert not BounceAlarm.objects.exists()
