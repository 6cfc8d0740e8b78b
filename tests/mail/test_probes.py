import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from egzaminator.core.probes import Level
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.bounce_alarms import raise_bounce_alarm
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import BounceTrouble, Priority
from egzaminator.mail.models import BounceMailbox, Email
from egzaminator.mail.probes import check_mail, check_relay, check_relay_connection, check_returned_mail
from egzaminator.runtime.environment import ImapMailbox, MailServer, Security
from tests.helpers.certificates import make_certificate
from tests.helpers.mail import queue_example
from tests.helpers.receiver import ANYBODY, Receiver

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


def test_an_email_that_nobody_sends_is_told_after_five_minutes() -> None:
    assert check_mail().words == "No e-mail waits."
    queue_example(EmailKind.ACTIVATION)
    assert (check_mail().level, check_mail().figures["mail_waiting"]) == (Level.OK, 1)
    Email.objects.update(due_at=timezone.now() - 6 * MINUTE)
    assert (check_mail().level, check_mail().words) == (
        Level.CRITICAL,
        "E-mails are due and nobody sends them, the oldest for 6 minutes.",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": Priority.BULK},  # messages to many wait their turn
        {"leased_until": timezone.now() + 60 * MINUTE, "state": "sending"},
        {"due_at": timezone.now() + 60 * MINUTE, "state": "deferred"},
    ],
    ids=["bulk", "being sent", "to be tried again later"],
)
def test_an_email_that_waits_rightly_is_no_problem(changes: dict[str, object]) -> None:
    queue_example(EmailKind.ACTIVATION)
    Email.objects.update(due_at=timezone.now() - 6 * MINUTE)
    Email.objects.update(**changes)
    assert (check_mail().level, check_mail().figures["mail_waiting"]) == (Level.OK, 1)


def test_a_mail_server_that_refuses_the_log_in_is_told_with_the_setting(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, authority = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert check_relay().words == "The mail server was not needed yet."
    with Receiver(security=Security.STARTTLS, certificate=certificate, login=("oke", "right")) as receiver:
        settings.MAIL_SERVER = MailServer("localhost", receiver.port, Security.STARTTLS, "oke", "wr0ng")
        queue_example(EmailKind.ACTIVATION)
        deliver_due()
        last, now = check_relay(), check_relay_connection()
    assert (last.level, last.figures) == (Level.CRITICAL, {"mail_held_by_relay": 1})
    assert "(535 5.7.8 " in last.words
    for finding in (last, now):
        assert "it does not accept our log-in: user and password of EMAIL_URL" in finding.cure
        assert "wr0ng" not in f"{finding.words} {finding.cure}"
    assert now.level is Level.CRITICAL


def test_a_mail_server_that_takes_emails_is_told(mailbox: Receiver) -> None:
    queue_example(EmailKind.ACTIVATION)
    deliver_due()
    assert check_relay().words.startswith("The mail server last took an e-mail at 2")
    assert (check_relay_connection().level, check_relay_connection().words) == (
        Level.OK,
        f"localhost:{mailbox.port} lets us in, without a log-in, by smtp.",
    )
    assert len(mailbox.received) == 1  # nothing is sent to find out


@pytest.mark.parametrize(
    ("command", "reply"), [("MAIL", "451 4.3.0 Later"), ("RCPT", "451 4.7.1 Later"), ("CONTENT", "451 4.3.0 Later")]
)
def test_a_451_leaves_a_line_in_the_log(
    mailbox: Receiver, caplog: pytest.LogCaptureFixture, command: str, reply: str
) -> None:
    queue_example(EmailKind.ACTIVATION)
    mailbox.answer(command, ANYBODY, reply)
    caplog.set_level("INFO", logger="egzaminator")
    deliver_due()
    assert [record.levelname for record in caplog.records if reply[:9] in record.getMessage()][:1] != []
    assert "@" not in caplog.text


def test_whether_returned_emails_are_noticed(settings: Settings) -> None:
    settings.BOUNCE_MAILBOX = None
    assert (check_returned_mail().level, "BOUNCE_MAILBOX_URL" in check_returned_mail().words) == (
        Level.OK,
        True,
    )
    settings.BOUNCE_MAILBOX = ImapMailbox("localhost", 993, "bounce", "secret", "INBOX")
    BounceMailbox.objects.create(read_at=timezone.now(), not_understood=2)
    assert check_returned_mail().figures == {"mail_returned_not_understood": 2}
    assert check_returned_mail().level is Level.OK
    BounceMailbox.objects.update(read_at=timezone.now() - 16 * MINUTE)
    assert check_returned_mail().level is Level.WARNING
    raise_bounce_alarm(trouble=BounceTrouble.MAILBOX, reason="the log-in is refused")
    assert (check_returned_mail().words, "BOUNCE_MAILBOX_URL" in check_returned_mail().cure) == (
        "E-mails that come back are not noticed (the log-in is refused).",
        True,
    )
