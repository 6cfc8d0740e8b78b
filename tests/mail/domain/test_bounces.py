"""What reports change, and what they must not: the attacker can send anything to the bounce mailbox."""

import datetime
import uuid

import pytest
import time_machine
from django.utils import timezone

from egzaminator.mail.domain.bounces import Applied, apply_report
from egzaminator.mail.domain.holds import held_among, hold_of
from egzaminator.mail.enums import BounceKind, Cause, ReportOutcome
from egzaminator.mail.models import Bounce, Email, EmailHold
from tests.helpers.reports import hand_over, report, token_for

pytestmark = pytest.mark.django_db
START = datetime.datetime(2026, 11, 1, 10, tzinfo=datetime.UTC)


def outcome_of(raw: bytes) -> ReportOutcome:
    return apply_report(raw).outcome


def assert_nothing_changed() -> None:
    assert not Bounce.objects.exists()
    assert not EmailHold.objects.exists()


def test_an_unknown_mailbox_puts_the_address_on_hold() -> None:
    message = hand_over("Anna@szkola.example")

    applied = apply_report(report(message))

    assert applied == Applied(
        ReportOutcome.BOUNCED, message, dead_links=[bytes(one) for one in message.link_digests], is_held=True
    )
    assert len(applied.dead_links) == 1
    bounce = Bounce.objects.get()
    assert (bounce.email, bounce.kind, bounce.cause) == ("anna@szkola.example", BounceKind.PERMANENT, Cause.ADDRESS)
    assert (bounce.reply_code, bounce.reply_text) == (550, "5.1.1 No such user")
    hold = hold_of("ANNA@szkola.example")
    assert hold is not None
    assert hold.bounce == bounce
    assert held_among(["anna@Szkola.example", "jan@szkola.example"]) == {"anna@szkola.example"}


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "550 5.1.1 User unknown in virtual mailbox table", BounceKind.PERMANENT),
        ("5.0.0", "550 no such user", BounceKind.PERMANENT),
        ("5.0.0", "", BounceKind.PERMANENT),
        ("5.1.2", "Host or domain name not found. Name service error for name=szkola.example", BounceKind.PERMANENT),
        ("5.2.1", "550 5.2.1 mailbox disabled", BounceKind.PERMANENT),
        ("5.2.2", "552 5.2.2 Mailbox full", BounceKind.TEMPORARY),
        ("4.2.2", "452 4.2.2 Mailbox full", BounceKind.TEMPORARY),
        ("4.4.1", "connect to mx.szkola.example: Connection timed out", BounceKind.TEMPORARY),
        ("4.4.7", "Delivery time expired", BounceKind.TEMPORARY),
        ("5.7.1", "550 5.7.1 Message rejected as spam by content filtering policy", BounceKind.OTHER),
        ("5.7.26", "550 5.7.26 This mail has been blocked: SPF did not pass", BounceKind.OTHER),
        ("5.1.8", "553 5.1.8 Sender address rejected: Domain not found", BounceKind.OTHER),
    ],
)
def test_only_what_is_true_of_the_address_counts_against_it(status: str, words: str, kind: BounceKind) -> None:
    message = hand_over()

    applied = apply_report(report(message, status=status, words=words))

    assert applied.outcome is ReportOutcome.BOUNCED
    assert Bounce.objects.get().kind == kind
    assert applied.is_held == (kind is BounceKind.PERMANENT)
    assert bool(applied.dead_links) == (kind is BounceKind.PERMANENT)


def test_a_delay_and_the_delivery_after_it_hold_nothing() -> None:
    message = hand_over()

    assert outcome_of(report(message, action="delayed", status="4.7.1", words="450 Greylisted")) == "delayed"
    assert outcome_of(report(message, action="delivered", status="2.0.0", words="250 OK")) == "automatic"

    assert Bounce.objects.get().kind == BounceKind.DELAYED
    assert not EmailHold.objects.exists()


def test_a_delay_may_end_in_a_return_but_a_return_does_not_become_a_delay() -> None:
    message = hand_over()
    delay = report(message, action="delayed", status="4.4.1", words="timed out")

    assert [outcome_of(one) for one in (delay, report(message), delay, report(message))] == [
        "delayed",
        "bounced",
        "known",
        "known",
    ]
    assert Bounce.objects.get().kind == BounceKind.PERMANENT


def test_five_passing_failures_in_a_row_hold_the_address() -> None:
    with time_machine.travel(START, tick=False) as clock:
        sent = []
        for _ in range(5):
            sent.append(hand_over())
            clock.shift(datetime.timedelta(days=7))
        held = [apply_report(report(one, status="4.2.2", words="452 4.2.2 full")).is_held for one in reversed(sent)]

    assert held == [False, False, False, False, True]


def test_a_delivery_between_them_breaks_the_row() -> None:
    with time_machine.travel(START, tick=False) as clock:
        sent = []
        for _ in range(6):
            sent.append(hand_over())
            clock.shift(datetime.timedelta(days=7))
        returned = [one for index, one in enumerate(sent) if index != 3]
        assert not any(apply_report(report(one, status="4.4.1", words="timed out")).is_held for one in returned)
        # Three more after the two that came back since.
        for _ in range(3):
            sent.append(hand_over())
            clock.shift(datetime.timedelta(days=7))
        held = [apply_report(report(one, status="4.4.1", words="timed out")).is_held for one in sent[6:]]

    assert held == [False, False, True]


def test_a_policy_is_neither_a_failure_of_the_row_nor_a_delivery() -> None:
    with time_machine.travel(START, tick=False) as clock:
        sent = []
        for _ in range(6):
            sent.append(hand_over())
            clock.shift(datetime.timedelta(days=7))
        apply_report(report(sent[2], status="5.7.1", words="550 5.7.1 blocked by policy"))
        others = [one for index, one in enumerate(sent) if index != 2]
        held = [apply_report(report(one, status="4.4.1", words="timed out")).is_held for one in others]

    assert held == [False, False, False, False, True]


def test_the_token_may_come_in_the_envelope_id_alone() -> None:
    message = hand_over()
    raw = report(message, token="", envelope_id=token_for(message).upper())

    assert outcome_of(raw) == "bounced"


def test_a_domain_with_polish_letters_comes_back_in_ascii() -> None:
    message = hand_over("anna@żółw.pl")

    assert outcome_of(report(message, recipient="anna@xn--w-uga1v8h.pl")) == "bounced"
    assert hold_of("anna@żółw.pl") is not None


def test_a_wrong_token_changes_nothing() -> None:
    message, other = hand_over(), hand_over("jan@szkola.example")
    token = token_for(message)

    for forged in ("a" * 52, token[:-1] + ("a" if token[-1] != "a" else "q"), token_for(other)):
        assert outcome_of(report(message, token=forged)) == "forged"
    assert outcome_of(report(message, token=message.pk.hex)) == "not-understood"
    assert_nothing_changed()


def test_the_right_token_with_another_address_changes_nothing() -> None:
    message = hand_over()
    hand_over("jan@szkola.example")

    assert outcome_of(report(message, recipient="jan@szkola.example")) == "forged"
    assert_nothing_changed()


def test_a_token_outlives_neither_its_e_mail_nor_a_change_of_its_address() -> None:
    message = hand_over()
    raw = report(message)
    Email.objects.filter(pk=message.pk).update(email="jan@szkola.example")
    assert outcome_of(raw) == "forged"
    Email.objects.all().delete()
    assert outcome_of(raw) == "forged"
    assert_nothing_changed()


def test_an_e_mail_of_somebody_else_in_the_same_report_is_left_alone() -> None:
    message, other = hand_over(), hand_over("jan@szkola.example")
    raw = report(message).replace(
        b"\r\n\r\n--b\r\nContent-Type: text/rfc822-headers",
        b"\r\n\r\nFinal-Recipient: rfc822; jan@szkola.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b\r\nContent-Type: text/rfc822-headers",
    )

    assert outcome_of(raw) == "bounced"
    assert list(Bounce.objects.values_list("message", flat=True)) == [message.pk]
    assert hold_of(other.email) is None


def test_what_is_deleted_with_an_e_mail_leaves_the_hold() -> None:
    apply_report(report(hand_over()))

    Email.objects.all().delete()

    assert not Bounce.objects.exists()
    assert EmailHold.objects.get().bounce is None


def test_nobody_can_make_a_report_about_an_e_mail_that_does_not_exist() -> None:
    message = Email(id=uuid.uuid4(), email="anna@szkola.example", accepted_at=timezone.now())

    assert outcome_of(report(message)) == "forged"
    assert_nothing_changed()
