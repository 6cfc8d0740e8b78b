"""The states of a mailing from the button to its end: planned, begun, stopped for now, let on, cancelled, sent again.

Every change locks the mailing's row. A mailing is begun by a job, which queues an e-mail without content for each
recipient who waits; the worker makes the content when it sends (contents.py). To stop a mailing takes the e-mails that
nobody is sending out of the queue; to let it on begins it once more.
"""

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.domain.queue import Unmade, queue_unmade, withdraw_unmade
from egzaminator.mail.enums import MAILING
from egzaminator.mailings.domain.drafts import locked_draft
from egzaminator.mailings.domain.results import plan_anew, settle
from egzaminator.mailings.domain.standing import PEOPLE
from egzaminator.mailings.enums import MISSED, MailingKind, MailingState, RecipientState
from egzaminator.mailings.errors import NobodyError, NotNowError, PeopleChangedError
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.register.models import Examiner
from egzaminator.runtime.jobs import start_job

SEND: Final = "mailings.send"
STOP: Final = "mailings.stop"
BEGIN_TASK: Final = "mailings.begin"
# More recipients than a mailing may have and start at once.
AT_ONCE: Final = 500
WAIT: Final = datetime.timedelta(minutes=10)

_PIN: Final = """
INSERT INTO mailings_recipient (mailing_id, examiner_id, state, left_out, rounds, email_id)
SELECT %s, person.id, 'waiting', '', 0, md5(%s || person.id || '0')::uuid FROM ({people}) person
ORDER BY person.sort_key, person.id
"""
# Whoever is left out or has no address, by what is known now. Whose e-mail is in the queue is judged when it is sent
# (contents.py): it may be on its way this moment.
_JUDGE: Final = f"""
UPDATE mailings_recipient recipient SET state = judged.state, left_out = judged.left_out
FROM (
    SELECT id, left_out, CASE WHEN left_out <> '' THEN '{RecipientState.LEFT_OUT}'
        WHEN email = '' THEN '{RecipientState.NO_EMAIL}' ELSE '{RecipientState.WAITING}' END AS state
    FROM ({PEOPLE}) person
) judged
WHERE judged.id = recipient.examiner_id AND recipient.mailing_id = %(mailing)s
    AND recipient.state IN ('{RecipientState.WAITING}', '{RecipientState.NO_EMAIL}', '{RecipientState.LEFT_OUT}')
    AND (recipient.state, recipient.left_out) <> (judged.state, judged.left_out)
    AND NOT EXISTS (SELECT FROM mail_email email WHERE email.id = recipient.email_id)
"""  # noqa: S608 -- built from constants only
_WAITING: Final = f"""
SELECT recipient.email_id, COALESCE(person.account_id, person.id), person.email, person.name
FROM mailings_recipient recipient JOIN ({PEOPLE}) person ON person.id = recipient.examiner_id
WHERE recipient.mailing_id = %(mailing)s AND recipient.state = '{RecipientState.WAITING}'
    AND NOT EXISTS (SELECT FROM mail_email email WHERE email.id = recipient.email_id)
ORDER BY recipient.id
"""  # noqa: S608 -- built from constants only
_AGAIN: Final = """
UPDATE mailings_recipient SET
    state = 'waiting', left_out = '', rounds = rounds + 1,
    email_id = md5(mailing_id::text || examiner_id || (rounds + 1))::uuid
WHERE mailing_id = %s AND state = ANY(%s)
"""


def plan(
    *,
    mailing_id: uuid.UUID,
    version: int,
    people: QuerySet[Examiner],
    shown: int,
    starts_at: datetime.datetime | None,
    by: Actor,
) -> Mailing:
    """Pin the text and the recipients of a draft, and start it now or at `starts_at`. Return the mailing.

    `people` match its terms now, and `shown` is how many of them the button named. To many it starts in ten minutes at
    the earliest, so that a colleague can stop it. Raise `NotNowError`, `MailingChangedError`, `PeopleChangedError` or
    `NobodyError`.
    """
    with locked_draft(mailing_id=mailing_id, version=version) as mailing:
        count = _pin(mailing, people)
        if count != shown:
            raise PeopleChangedError(count)
        if not count:
            raise NobodyError
        mailing.people, mailing.sender = count, by.account_id
        _start(mailing, count=count, at=starts_at)
        judge(mailing)
        settle(mailing)
        record_event(tag=Tag.MAILING_PLANNED, by=by, details={"mailing": str(mailing.pk), "people": count})
    return mailing


def begin_due() -> None:
    """Begin the mailings whose time has come. One that its sender may no longer send stops instead.

    Wait for a mailing that somebody just looks at or changes: passed over, it would begin a minute late.
    """
    now = timezone.now()
    for mailing_id in list(
        Mailing.objects.filter(state=MailingState.PLANNED, starts_at__lte=now).values_list("pk", flat=True)
    ):
        with transaction.atomic():
            mailing = (
                Mailing.objects.select_for_update()
                .filter(pk=mailing_id, state=MailingState.PLANNED, starts_at__lte=now)
                .first()
            )
            if mailing is not None:
                _begin(mailing)


def pause(*, mailing_id: uuid.UUID, by: Actor) -> None:
    """Stop a planned mailing, or one that is being sent, for now. What is being sent this moment goes out.

    Raise `NotNowError`.
    """
    with _locked(mailing_id, MailingState.PLANNED, MailingState.SENDING) as mailing:
        _pause(mailing, by=by)


def resume(*, mailing_id: uuid.UUID, by: Actor) -> None:
    """Let a mailing on that was stopped. From now on it is by whoever does so. Raise `NotNowError`."""
    with _locked(mailing_id, MailingState.PAUSED) as mailing:
        mailing.sender = by.account_id
        _start(mailing, count=0, at=mailing.starts_at)
        record_event(tag=Tag.MAILING_RESUMED, by=by, details={"mailing": str(mailing.pk)})


def cancel(*, mailing_id: uuid.UUID, by: Actor) -> None:
    """End a mailing: whoever it has not been sent to gets nothing, and does not read it. Raise `NotNowError`."""
    with _locked(mailing_id, MailingState.PLANNED, MailingState.SENDING, MailingState.PAUSED) as mailing:
        _withdraw(mailing)
        settle(mailing)
        mailing.recipients.filter(state=RecipientState.WAITING).update(state=RecipientState.CANCELLED)
        mailing.state, mailing.ended_at = MailingState.CANCELLED, timezone.now()
        mailing.save(update_fields=["state", "ended_at"])
        settle(mailing)
        record_event(tag=Tag.MAILING_CANCELLED, by=by, details={"mailing": str(mailing.pk)})


def send_again(*, mailing_id: uuid.UUID, shown: int, by: Actor) -> Mailing:
    """Send a mailing that has ended once more, to whoever it has not reached; `shown` is how many the button named.

    Raise `NotNowError`, `PeopleChangedError` or `NobodyError`.
    """
    with _locked(mailing_id, MailingState.FINISHED) as mailing:
        with connection.cursor() as cursor:
            cursor.execute(_AGAIN, [mailing.pk, [str(state.value) for state in MISSED]])
            count = cursor.rowcount
        if count != shown:
            raise PeopleChangedError(count)
        if not count:
            raise NobodyError
        mailing.sender, mailing.ended_at = by.account_id, None
        _start(mailing, count=count, at=None)
        settle(mailing)
        record_event(tag=Tag.MAILING_REPEATED, by=by, details={"mailing": str(mailing.pk), "people": count})
    return mailing


def hold_planned_by(*, member: Account, by: Actor) -> None:
    """Stop the mailings that somebody planned who no longer works at the board, until a colleague lets them on."""
    planned = Mailing.objects.select_for_update().filter(sender=member.pk, state=MailingState.PLANNED)
    for mailing in planned.order_by("pk"):
        _pause(mailing, by=by)


def queue_waiting(mailing: Mailing) -> None:
    """Queue an e-mail for each recipient who waits and has none in the queue, but for those who are left out by now."""
    judge(mailing)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, _parameters(mailing))
        people = [Unmade(*row) for row in cursor.fetchall()]
    if people:
        queue_unmade(kind=MAILING, subject=mailing.subject, people=people)


def judge(mailing: Mailing) -> None:
    """Leave out whoever an e-mail cannot or must not go to, and take in again whoever it can by now."""
    plan_anew()
    with connection.cursor() as cursor:
        cursor.execute(_JUDGE, _parameters(mailing))


def _parameters(mailing: Mailing) -> dict[str, str | bool]:
    return {"mailing": str(mailing.pk), "is_informational": mailing.kind == MailingKind.INFORMATIONAL}


def _pin(mailing: Mailing, people: QuerySet[Examiner]) -> int:
    """Write the recipients in the register's order, and return how many they are."""
    found, values = people.order_by().values("id", "sort_key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_PIN.format(people=found), [mailing.pk, str(mailing.pk), *values])
        return int(cursor.rowcount)


def _start(mailing: Mailing, *, count: int, at: datetime.datetime | None) -> None:
    now = timezone.now()
    earliest = now + WAIT if count > AT_ONCE else now
    mailing.state, mailing.starts_at = MailingState.PLANNED, max(at or earliest, earliest)
    mailing.save()
    if mailing.starts_at <= now:
        start_job(task=BEGIN_TASK)


def _begin(mailing: Mailing) -> None:
    if not may_send(mailing.sender):
        _pause(mailing, by=SYSTEM)
        return
    mailing.state = MailingState.SENDING
    mailing.started_at = mailing.started_at or timezone.now()
    mailing.save(update_fields=["state", "started_at"])
    queue_waiting(mailing)
    settle(mailing)


def may_send(sender: uuid.UUID | None) -> bool:
    """Return whether a staff account may write to examiners now."""
    member = Account.objects.filter(pk=str(sender), is_active=True).first()
    return member is not None and member.is_staff and member.has_perm(SEND)


def _pause(mailing: Mailing, *, by: Actor) -> None:
    mailing.state = MailingState.PAUSED
    mailing.save(update_fields=["state"])
    _withdraw(mailing)
    record_event(tag=Tag.MAILING_PAUSED, by=by, details={"mailing": str(mailing.pk)})


def _withdraw(mailing: Mailing) -> None:
    plan_anew()
    waiting = Recipient.objects.filter(mailing=mailing, state=RecipientState.WAITING)
    withdraw_unmade(ids=waiting.values("email_id"))


@contextmanager
def _locked(mailing_id: uuid.UUID, *states: MailingState) -> Iterator[Mailing]:
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().filter(pk=mailing_id, state__in=states).first()
        if mailing is None:
            raise NotNowError
        yield mailing
