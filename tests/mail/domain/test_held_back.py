import io

import pytest
from django.core.management import call_command

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.held_back import discard_held_back, hold_back_queue, release_held_back
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email
from tests.helpers.factories import make_account, make_claim, make_examiner
from tests.helpers.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _queued(empty_queue: None) -> None:
    """E-mails with a one-time link, and without."""
    examiner = make_examiner(numbers=("A-1",))
    make_claim(examiner)
    freeze_by_staff(account=make_account(examiner), reason="rozmowa telefoniczna")


def test_no_worker_sends_what_is_held_back(mailbox: Receiver) -> None:
    with_links = Email.objects.exclude(link_digests=[]).count()
    held, ended = hold_back_queue()
    assert (held, ended) == (Email.objects.count() - with_links, with_links)
    assert deliver_due() == 0
    assert hold_back_queue() == (0, 0)


def test_released_it_is_sent_once(mailbox: Receiver) -> None:
    held, _ = hold_back_queue()
    assert release_held_back() == held
    assert deliver_due() == held
    assert release_held_back() == 0
    assert deliver_due() == 0


def test_discarded_its_content_is_gone() -> None:
    held, ended = hold_back_queue()
    assert discard_held_back() == held
    assert set(Email.objects.values_list("state", "content")) == {(DeliveryState.REJECTED, None)}
    assert Email.objects.count() == held + ended


def test_the_command_counts_without_an_address() -> None:
    held, _ = hold_back_queue()
    said = io.StringIO()
    call_command("held_mail", stdout=said)
    assert said.getvalue().splitlines()[0] == f"E-mails that are held back: {held}"
    assert "@" not in said.getvalue()
    call_command("held_mail", "--release", stdout=said)
    assert f"E-mails that are in the queue again: {held}\n" in said.getvalue()
    call_command("held_mail", "--discard", stdout=said)
    assert "E-mails that were given up: 0\n" in said.getvalue()
