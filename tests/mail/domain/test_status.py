import datetime
import uuid

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.bounces import apply_report
from egzaminator.mail.domain.deliver import record_failure, record_lapsed
from egzaminator.mail.domain.queue import lease_emails
from egzaminator.mail.domain.replies import Reply
from egzaminator.mail.domain.status import Delivery, describe_delivery, describe_queue, latest_email, pace_lately
from egzaminator.mail.enums import Cause, DeliveryState, Priority
from egzaminator.mail.models import Email
from tests.helpers.mail import queue
from tests.helpers.reports import hand_over, report

NOW = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)


def make(**fields: object) -> Email:
    return Email(**({"kind": EmailKind.ACTIVATION, "created_at": NOW, "due_at": NOW} | fields))


def explain(delivery: Delivery) -> list[str]:
    with override("en"):
        return [str(sentence).partition(".")[0] for sentence in delivery.explanation]


def test_an_email_that_waits_needs_no_explanation() -> None:
    assert describe_delivery(make()) == Delivery(
        DeliveryState.QUEUED, NOW, None, None, None, None, [], "", label="czeka na wysłanie"
    )


def test_an_accepted_email_tells_when() -> None:
    message = make(state=DeliveryState.ACCEPTED, attempts=3, accepted_at=NOW, reply_code=250, reply_text="2.0.0 Ok")

    assert describe_delivery(message) == Delivery(
        DeliveryState.ACCEPTED, NOW, NOW, None, None, None, [], "250 2.0.0 Ok", label="przyjęty przez serwer poczty"
    )


def test_a_deferred_email_tells_when_it_is_tried_again_and_why() -> None:
    later = NOW + datetime.timedelta(minutes=5)
    message = make(
        state=DeliveryState.DEFERRED,
        attempts=2,
        due_at=later,
        tried_since=NOW,
        reply_text="Connection unexpectedly closed",
    )

    delivery = describe_delivery(message)

    assert (delivery.state, delivery.next_try_at, delivery.tries_until, delivery.server_words) == (
        DeliveryState.DEFERRED,
        later,
        NOW + datetime.timedelta(days=2),
        "Connection unexpectedly closed",
    )
    assert explain(delivery) == ["The mail server did not answer"]


def test_a_refused_email_tells_why() -> None:
    delivery = describe_delivery(
        make(state=DeliveryState.REJECTED, attempts=1, reply_code=550, reply_text="5.1.1 No", cause=Cause.ADDRESS)
    )

    assert (delivery.next_try_at, delivery.server_words) == (None, "550 5.1.1 No")
    assert explain(delivery) == ["There is no such mailbox"]


def test_an_email_given_up_after_two_days_says_so() -> None:
    delivery = describe_delivery(
        make(state=DeliveryState.REJECTED, attempts=40, reply_code=451, reply_text="4.7.1 Later")
    )

    assert explain(delivery) == [
        "We have tried for two days and could not hand the e-mail over",
        "The mail server asks us to come later",
    ]


def test_an_email_kept_by_the_boards_trouble_waits_until_its_link_ends() -> None:
    ends_at = NOW + datetime.timedelta(days=7)
    message = make(
        state=DeliveryState.DEFERRED, attempts=9, expires_at=ends_at, cause=Cause.BOARD, reply_text="553 5.1.8"
    )

    delivery = describe_delivery(message)

    assert (delivery.tries_until, delivery.cause) == (ends_at, Cause.BOARD)
    assert explain(delivery) == [
        "The mail server that the board sends its e-mails through does not pass them on at present"
    ]


def test_an_email_whose_link_ended_says_so_and_what_the_server_said() -> None:
    delivery = describe_delivery(
        make(state=DeliveryState.REJECTED, attempts=9, cause=Cause.LAPSED, reply_code=451, reply_text="4.7.1 Later")
    )

    assert (delivery.cause, delivery.server_words) == (Cause.LAPSED, "451 4.7.1 Later")
    assert explain(delivery) == ["The link in this e-mail would not work any more, so we no longer send it"]


@pytest.mark.django_db
def test_the_latest_email_of_a_kind_is_found() -> None:
    claim = uuid.uuid4()
    queue(related_id=claim)
    newest = queue(related_id=claim)
    queue(related_id=uuid.uuid4())

    assert latest_email(related_id=claim, kind=EmailKind.ACTIVATION) == newest
    assert latest_email(related_id=claim, kind=EmailKind.RESET) is None


@pytest.mark.django_db
def test_how_long_it_takes_is_the_median_of_the_last_hour() -> None:
    now = timezone.now()

    def accept(*, ago: int, took: int, priority: Priority = Priority.ACCESS) -> None:
        accepted_at = now - datetime.timedelta(minutes=ago)
        Email.objects.create(
            kind=EmailKind.ACTIVATION,
            email="a@example.pl",
            priority=priority,
            state=DeliveryState.ACCEPTED,
            created_at=accepted_at - datetime.timedelta(seconds=took),
            accepted_at=accepted_at,
        )

    assert pace_lately() is None
    accept(ago=61, took=6000)
    accept(ago=1, took=6000, priority=Priority.BULK)
    assert pace_lately() is None
    accept(ago=59, took=1)
    assert pace_lately() == datetime.timedelta(seconds=1)
    accept(ago=1, took=150)
    accept(ago=1, took=3600)
    assert pace_lately() == datetime.timedelta(seconds=150)


@pytest.mark.django_db
@pytest.mark.parametrize("ends_by", ["a refusal", "its link's end"])
def test_what_is_given_up_today_counts_today_whenever_it_was_due(ends_by: str) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 22, 22, 30, tzinfo=datetime.UTC), tick=False) as clock:
        queue()
        (leased,) = lease_emails(most=1)
        clock.shift(datetime.timedelta(hours=1))  # past midnight in Poland
        if ends_by == "a refusal":
            record_failure(leased, Reply(550, "5.1.1 No", Cause.ADDRESS))
        else:
            record_lapsed(leased)
        assert describe_queue().rejected_today == 1
        clock.shift(datetime.timedelta(days=1))
        assert describe_queue().rejected_today == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words", "label", "sentence"),
    [
        ("5.1.1", "550 5.1.1 No", "wrócił: nie ma takiej skrzynki", "There is no such mailbox"),
        ("5.0.0", "550 no such user", "wrócił: nie ma takiej skrzynki", "There is no such mailbox"),
        ("5.1.2", "Host not found", "wrócił: nieznana jest część adresu po znaku @", "The part of the address after @"),
        ("5.2.2", "552 5.2.2 full", "wrócił: skrzynka jest pełna", "The mailbox is full"),
        ("4.4.1", "timed out", "wrócił: serwer poczty go nie przyjął", "did not take the e-mail for so long"),
        ("5.7.1", "554 5.7.1 spam policy", "wrócił: serwer poczty go nie przyjął", "took it for unwanted mail"),
    ],
)
def test_an_email_that_came_back_is_no_longer_called_accepted(
    status: str, words: str, label: str, sentence: str
) -> None:
    message = hand_over()
    apply_report(report(message, status=status, words=words))

    delivery = describe_delivery(Email.objects.get())

    assert (delivery.label, delivery.shown, delivery.is_refused) == (label, "returned", True)
    assert delivery.came_back_at is not None
    assert sentence in explain(delivery)[0]


@pytest.mark.django_db
def test_a_delayed_email_is_on_its_way() -> None:
    message = hand_over()
    apply_report(report(message, action="delayed", status="4.4.1", words="timed out"))

    delivery = describe_delivery(Email.objects.get())

    assert (delivery.label, delivery.shown, delivery.is_refused) == ("opóźniony", "accepted", False)
    assert (delivery.came_back_at, delivery.delayed_at is None) == (None, False)
    assert explain(delivery) == ["The mail server of this mailbox has not taken the e-mail yet"]
