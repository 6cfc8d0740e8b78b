"""A mailing to many examiners, and how long its steps take."""

import threading
import time
import uuid
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.core.encryption import encrypt
from egzaminator.core.pesel import Pesel
from egzaminator.core.text import sort_key
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.domain.queue import LeasedEmail
from egzaminator.mail.enums import MAILING, DeliveryState, Priority
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.contents import make_contents
from egzaminator.mailings.domain.drafts import Written, begin_draft
from egzaminator.mailings.domain.sending import begin_due, plan
from egzaminator.mailings.enums import MailingKind
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.register.domain.examiners import pesel_index
from egzaminator.register.models import Examiner, pesel_context
from egzaminator.register.terms import Terms
from tests.helpers.factories import make_staff
from tests.helpers.mail import queue

_BODY = (
    "{zwrot} {nazwisko},\n\nzapraszamy na **szkolenie** przed egzaminem w maju. Prosimy o zgłoszenia do piątku:\n"
    "- [zapisy](https://www.oke.example/szkolenia)\n- {numery}\n\n"
    + "Szkolenie obejmuje zasady oceniania, ćwiczenia na pracach z ubiegłych lat i rozmowę z koordynatorem. "
    * 4
)


@dataclass(frozen=True, slots=True)
class Many:
    """A mailing to many people, before it is sent."""

    sender: Actor
    people: int


def make_people(count: int) -> Many:
    """Make a register of examiners with e-mail addresses, and somebody who writes to them."""
    Mailing.objects.all().delete()
    Examiner.objects.all().delete()
    Account.objects.all().delete()
    examiners = []
    for number in range(count):
        examiner_id = uuid.uuid4()
        digits = _pesel(number)
        surname = f"Brzęczyszczykiewicz{number:05}"
        examiners.append(
            Examiner(
                id=examiner_id,
                pesel_encrypted=encrypt(digits, context=pesel_context(examiner_id)),
                pesel_index=pesel_index(Pesel(digits)),
                surname=surname,
                first_names="Grażyna",
                sort_key=sort_key(surname, "Grażyna"),
                search_key=surname.lower(),
                email=f"egzaminator{number}@example.pl",
            )
        )
    Examiner.objects.bulk_create(examiners, batch_size=2000)
    return Many(Actor(make_staff().pk), count)


def _pesel(number: int) -> str:
    start = f"{70 + number // 10_000:02}0101{number % 10_000:04}"
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    check = -sum(int(digit) * weight for digit, weight in zip(start, weights, strict=True)) % 10
    return f"{start}{check}"


def queue_mailing(many: Many) -> float:
    """Queue a new mailing to everybody, and return how many seconds that took."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE mail_email, mailings_mailing, mailings_recipient CASCADE")
        cursor.execute("VACUUM ANALYZE mail_email")
    written = Written(kind=MailingKind.OFFICIAL, subject="Szkolenie w maju", body=_BODY)
    mailing = begin_draft(mailing_id=uuid.uuid4(), written=written, terms=Terms(), by=many.sender)
    start = time.perf_counter()
    plan(
        mailing_id=mailing.pk, version=1, people=Examiner.objects.all(), shown=many.people, starts_at=None,
        by=many.sender,
    )  # fmt: skip
    Mailing.objects.update(starts_at=timezone.now())
    begin_due()
    seconds = time.perf_counter() - start
    assert Email.objects.filter(state=DeliveryState.QUEUED).count() == many.people
    return seconds


def contents_of_mailing() -> list[bytes]:
    """Return the e-mails of the queued mailing, as they are sent."""
    leased = [
        LeasedEmail(
            row.id, uuid.uuid4(), MAILING, row.email, None, row.priority, 0, row.due_at, row.created_at, None, None
        )
        for row in Email.objects.order_by("id")
    ]
    return [content for content in make_contents(leased).values() if content]


def wait_of_activation() -> float:
    """Queue an activation e-mail while the queued mailing goes out. Return after how many seconds it was accepted."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            deliver_due(seconds=1)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    while not Email.objects.filter(state=DeliveryState.ACCEPTED).exists():
        time.sleep(0.01)
    email = queue(priority=Priority.ACCESS)
    while not Email.objects.filter(pk=email.pk, state=DeliveryState.ACCEPTED).exists():
        time.sleep(0.005)
    email.refresh_from_db()
    stop.set()
    worker.join()
    assert email.accepted_at is not None
    assert Email.objects.filter(kind=MAILING, state=DeliveryState.QUEUED).exists() or Recipient.objects.count() < 100  # noqa: PLR2004 -- a smoke test
    return (email.accepted_at - email.created_at).total_seconds()
