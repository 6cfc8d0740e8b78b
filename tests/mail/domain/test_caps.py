import uuid

import pytest

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.domain.caps import ABOUT_ONE_EXAMINER, TO_ONE_MAILBOX, committed_if_capped, count_mail
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.rate_limits.models import Counter
from tests.helpers.mail import queue

pytestmark = pytest.mark.django_db
SUBJECT = uuid.UUID(int=1)


def count(mailbox: str, subject: uuid.UUID = SUBJECT) -> None:
    count_mail(uses=[(TO_ONE_MAILBOX, mailbox), (ABOUT_ONE_EXAMINER, str(subject))], subject=subject)


def send(failure: Exception | None = None) -> None:
    with committed_if_capped():
        queue()
        if failure:
            raise failure
        count("anna@example.org")


def test_what_one_cap_stops_counts_against_no_other() -> None:
    for _ in range(TO_ONE_MAILBOX.most):
        count("anna@example.org")
    before = set(Counter.objects.values_list("key", "count"))

    with pytest.raises(MailsUsedUpError):
        count("anna@example.org")

    assert set(Counter.objects.values_list("key", "count")) == before
    event = Event.objects.get(tag=Tag.MAIL_CAPPED)
    assert (event.subject, event.details) == (SUBJECT, {"limit": TO_ONE_MAILBOX.name})


@pytest.mark.django_db(transaction=True)
def test_what_was_done_before_the_cap_stays_and_its_event_too() -> None:
    for _ in range(TO_ONE_MAILBOX.most):
        count("anna@example.org")

    with pytest.raises(MailsUsedUpError):
        send()

    assert Email.objects.count() == 1
    assert Event.objects.filter(tag=Tag.MAIL_CAPPED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_any_other_error_rolls_back() -> None:
    with pytest.raises(LookupError):
        send(failure=LookupError())

    assert not Email.objects.exists()
