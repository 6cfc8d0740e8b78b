"""Whatever the mail server says, at whatever step: a mailing's page names who waits and who was refused, and why."""

import datetime
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.mailings.enums import MailingState, RecipientState
from egzaminator.panel.domain.recipient_rows import describe_recipients
from egzaminator.runtime.environment import Security
from egzaminator.staff.roles import Role
from tests.helpers.certificates import make_certificate
from tests.helpers.factories import make_examiner, make_staff
from tests.helpers.receiver import ANYBODY, DROP, TAKE_AND_DROP, Receiver
from tests.mailings.writing import press, work, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANNA = "anna@example.pl"
NOT_US = "serwer poczty komisji na razie nie przekazuje e-maili"
LATER = "serwer poczty prosi, żeby spróbować później"
SILENT = "serwer poczty nie odpowiedział"
FULL = "skrzynka jest pełna"
NOT_TAKEN = "serwer poczty go nie przyjął"
UNWANTED = "serwer poczty uznał go za niechciany albo zabraniają tego jego zasady"
TEMPORARY = ("421", "450", "451", "452", "454")
PERMANENT = ("550", "552", "554")


@dataclass(frozen=True)
class Outcome:
    cause: Cause
    why: str
    """The reason that the panel shows."""
    code: int | None = None
    """The reply that it quotes, if the server said that of this e-mail."""

    @property
    def is_refused(self) -> bool:
        return self.cause in {Cause.ADDRESS, Cause.CONTENT}


def outcome_of(stage: str, code: str) -> Outcome:
    """Return what is to become of an e-mail when the server says `code`, without words, at a stage."""
    if stage in {"connect", "EHLO", "AUTH"} or (stage == "MAIL" and code != "421"):
        return Outcome(Cause.BOARD, NOT_US)
    if code in TEMPORARY:
        return Outcome(Cause.PASSING, LATER, int(code))
    if stage in {"DATA", "CONTENT"}:
        return Outcome(Cause.CONTENT, UNWANTED, int(code))
    return {
        "550": Outcome(Cause.ADDRESS, NOT_TAKEN, 550),
        "552": Outcome(Cause.ADDRESS, FULL, 552),
        "554": Outcome(Cause.BOARD, NOT_US, 554),  # not about the mailbox: an alarm, and nobody is blamed
    }[code]


TABLE = [
    (stage, code, outcome_of(stage, code))
    for stage in ("connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "CONTENT")
    for code in (*TEMPORARY, *PERMANENT)
]
LOST = [
    ("connect", DROP, Outcome(Cause.BOARD, NOT_US)),
    ("AUTH", DROP, Outcome(Cause.BOARD, NOT_US)),
    *[(stage, DROP, Outcome(Cause.PASSING, SILENT)) for stage in ("MAIL", "RCPT", "DATA", "CONTENT")],
    ("CONTENT", TAKE_AND_DROP, Outcome(Cause.PASSING, SILENT)),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return make_certificate(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=[False, True], ids=["one by one", "pipelining"])
def relay(
    request: pytest.FixtureRequest,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    certificate: tuple[ssl.SSLContext, Path],
) -> Iterator[Receiver]:
    """A mail server as boards have them, with encryption and a log-in."""
    context, authority = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with Receiver(
        security=Security.STARTTLS, certificate=context, login=("oke", "tajne-haslo"), pipelining=request.param
    ) as receiver:
        settings.MAIL_SERVER = receiver.server
        yield receiver


@pytest.mark.parametrize(("stage", "answer", "outcome"), TABLE + LOST)
def test_nothing_is_counted_as_done_that_is_not(relay: Receiver, stage: str, answer: str, outcome: Outcome) -> None:
    make_examiner(email=ANNA)
    officer = make_staff(roles=[Role.RECORDS])
    reply = answer if answer in {DROP, TAKE_AND_DROP} else f"{answer} No"
    # EHLO is followed by HELO, one way to log in by another, and a refused sender by the fixed one.
    relay.answer(stage, ANYBODY, *[reply] * (2 if stage in {"EHLO", "AUTH", "MAIL"} else 1))
    mailing = press(write(officer), officer)

    assert work() == 0

    mailing.refresh_from_db()
    email, recipient = Email.objects.get(), mailing.recipients.get()
    with translation.override("pl"):
        (row,) = describe_recipients([recipient])
    assert row.why == outcome.why
    assert (row.email, email.cause, email.reply_code) == (ANNA, outcome.cause, outcome.code)
    state = RecipientState.REFUSED if outcome.is_refused else RecipientState.WAITING
    assert (recipient.state, mailing.counts) == (state, {state.value: 1, "read": 0})
    assert mailing.state == (MailingState.FINISHED if outcome.is_refused else MailingState.SENDING)
    assert email.state == (DeliveryState.REJECTED if outcome.is_refused else DeliveryState.DEFERRED)
    assert (current_outage() is not None) == (outcome.cause == Cause.BOARD)

    relay.forget_answers()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2), tick=False):
        assert work() == (0 if outcome.is_refused else 1)
    mailing.refresh_from_db()
    assert mailing.state == MailingState.FINISHED
    assert mailing.recipients.get().state == (RecipientState.REFUSED if outcome.is_refused else "handed-over")
    taken = 2 if answer == TAKE_AND_DROP else 1 - outcome.is_refused
    assert [received.email["Message-ID"] for received in relay.received] == [email.message_id] * taken
    assert current_outage() is None
