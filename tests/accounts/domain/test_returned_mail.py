"""An e-mail came back: its links end, those that protect stay, and a link that was received since ends the hold."""

import datetime
import io
import sys
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from egzaminator.accounts.domain.links import find_link, issue_freeze_link, issue_link, use_link
from egzaminator.accounts.domain.mailboxes import known_emails, known_mailboxes, mailboxes_to_notify
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkUsedError, LinkWithdrawnError
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import queue_password_changed, queue_reset
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.holds import hold_of
from egzaminator.mail.domain.queue import Recipient
from egzaminator.mail.domain.render import OneTimeUrl
from egzaminator.mail.models import Bounce, Email
from tests.helpers.factories import PESELS, make_account, make_examiner, make_old
from tests.helpers.receiver import Receiver
from tests.helpers.reports import hand_over, report

pytestmark = pytest.mark.django_db
EMAIL = "anna@example.org"


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner(email=EMAIL), email=EMAIL)


def recipient(account: Account) -> Recipient:
    return Recipient(email=account.email, name="Anna", language="pl")


def token_of(link: OneTimeUrl) -> str:
    return link.rstrip("/").rpartition("/")[2]


def reset_link(account: Account) -> OneTimeUrl:
    return issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")


def test_the_links_of_what_came_back_end_and_no_others(account: Account) -> None:
    returned, other = reset_link(account), reset_link(account)
    message = hand_over(message=queue_reset(account_id=account.id, to=recipient(account), link=returned))

    assert take_report(report(message)) == "bounced"

    with pytest.raises(LinkWithdrawnError):
        find_link(purpose=LinkPurpose.RESET, token=token_of(returned))
    assert find_link(purpose=LinkPurpose.RESET, token=token_of(other)).withdrawn_at is None


def test_a_link_that_protects_survives_its_e_mail(account: Account) -> None:
    freeze = issue_freeze_link(account=account, mailbox=EMAIL)
    message = hand_over(message=queue_password_changed(account_id=account.id, to=recipient(account), freeze=freeze))

    take_report(report(message))

    assert find_link(purpose=LinkPurpose.FREEZE, token=token_of(freeze)).withdrawn_at is None


def test_a_failure_that_may_pass_leaves_the_links(account: Account) -> None:
    link = reset_link(account)
    message = hand_over(message=queue_reset(account_id=account.id, to=recipient(account), link=link))

    take_report(report(message, status="4.4.1", words="timed out"))

    assert find_link(purpose=LinkPurpose.RESET, token=token_of(link)).withdrawn_at is None


def test_a_used_link_stays_used(account: Account) -> None:
    link = reset_link(account)
    message = hand_over(message=queue_reset(account_id=account.id, to=recipient(account), link=link))
    use_link(link=find_link(purpose=LinkPurpose.RESET, token=token_of(link)))

    take_report(report(message))

    with pytest.raises(LinkUsedError):
        find_link(purpose=LinkPurpose.RESET, token=token_of(link))


def test_the_owner_reads_of_it_once_and_no_stranger_does(account: Account) -> None:
    stranger = make_account(make_examiner(pesel=PESELS[1], numbers=("MBI/2/2019",)), email="jan@example.org")
    for _ in range(2):
        take_report(report(hand_over(EMAIL.upper())))

    assert list(Event.objects.filter(tag=Tag.EMAIL_HELD).values_list("subject", flat=True)) == [account.id]
    assert stranger.id != account.id


def test_a_bounce_takes_no_mailbox_from_those_that_are_told_or_may_object(account: Account) -> None:
    make_old(account)
    before = (
        known_emails(account=account),
        known_mailboxes(account=account, asked_by=None),
        mailboxes_to_notify(account=account),
    )
    assert before == ([EMAIL], [EMAIL], [EMAIL])

    take_report(report(hand_over(EMAIL)))

    assert hold_of(EMAIL) is not None
    assert before == (
        known_emails(account=account),
        known_mailboxes(account=account, asked_by=None),
        mailboxes_to_notify(account=account),
    )


def test_what_the_owner_needs_is_still_sent_to_an_address_on_hold(account: Account, mailbox: Receiver) -> None:
    take_report(report(hand_over(EMAIL)))

    queue_reset(account_id=account.id, to=recipient(account), link=reset_link(account))

    assert deliver_due() == 1
    assert mailbox.recipients == [EMAIL]


def test_only_a_link_mailed_since_ends_the_hold(account: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        earlier = reset_link(account)
        clock.shift(datetime.timedelta(hours=1))
        take_report(report(hand_over(EMAIL)))
        clock.shift(datetime.timedelta(hours=1))
        later, elsewhere = reset_link(account), issue_freeze_link(account=account, mailbox="jan@example.org")

        use_link(link=find_link(purpose=LinkPurpose.RESET, token=token_of(earlier)))
        use_link(link=find_link(purpose=LinkPurpose.FREEZE, token=token_of(elsewhere)))
        assert hold_of(EMAIL) is not None

        use_link(link=find_link(purpose=LinkPurpose.RESET, token=token_of(later)))
        assert hold_of(EMAIL) is None
        assert Event.objects.get(tag=Tag.EMAIL_HOLD_ENDED).subject == account.id


def test_the_command_reads_a_report_from_standard_input(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = hand_over(EMAIL)
    for raw in (report(message) + b"x" * 1_000_000, b"\0\xff", b""):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        call_command("read_bounce")

    assert capsys.readouterr().out.split() == ["bounced", "not-understood", "not-understood"]
    assert Bounce.objects.get().message == message
    assert Link.objects.filter(withdrawn_at__isnull=False).count() == 0
    assert Email.objects.get(pk=message.pk).bounce.email == EMAIL
