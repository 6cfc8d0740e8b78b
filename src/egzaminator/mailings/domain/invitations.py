"""Invitations to make an account: whom one goes to and by what way, its e-mails, and who accepted it.

Whoever is invited, and how, is pinned when the button is pressed. A job then queues the e-mails in batches, so one that
is killed goes on where it was. Who has made an account since, and what came back, is read from accounts and the queue.
"""

import datetime
import uuid
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.retention_rules import MAILINGS
from egzaminator.core.text import full_name
from egzaminator.mail.catalogue import queue_invitation
from egzaminator.mail.domain.queue import Recipient as MailRecipient
from egzaminator.mail.domain.render import public_url
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email, EmailHold
from egzaminator.mailings.domain.sending import may_send
from egzaminator.mailings.domain.standing import IS_ON_HOLD
from egzaminator.mailings.enums import InvitationWay
from egzaminator.mailings.errors import NobodyError, PeopleChangedError
from egzaminator.mailings.models import Invitation, Invited
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Examiner
from egzaminator.runtime.jobs import start_job

QUEUE_TASK: Final = "mailings.queue_invitations"
FIRST_LOGIN_PATH: Final = "/pomoc/pierwsze-logowanie/"
_AT_ONCE: Final = 100
_WAY: Final = f"""
CASE WHEN person.email <> '' AND NOT {IS_ON_HOLD} THEN '{InvitationWay.EMAIL}'
    WHEN person.address_encrypted IS NOT NULL THEN '{InvitationWay.LETTER}' ELSE '{InvitationWay.NONE}' END
"""
_COUNT: Final = f"""
SELECT {_WAY}, count(*) FROM register_examiner person WHERE person.id IN ({{people}}) GROUP BY 1
"""  # noqa: S608 -- built from constants only
_PIN: Final = f"""
INSERT INTO mailings_invited (invitation_id, examiner_id, way)
SELECT %s, person.id, {_WAY} FROM register_examiner person WHERE person.id IN ({{people}})
ORDER BY person.sort_key, person.id
"""  # noqa: S608 -- built from constants only


def again_after() -> datetime.timedelta:
    """Return how long after an invitation whoever did not accept it may be invited again."""
    return datetime.timedelta(days=settings.INVITE_AGAIN_DAYS)


def may_be_invited(people: QuerySet[Examiner]) -> QuerySet[Examiner]:
    """Return those of some people who have no account, and an active entry, and were not invited lately."""
    lately = Invited.objects.filter(invitation__made_at__gt=timezone.now() - again_after()).exclude(
        way=InvitationWay.NONE
    )
    active = Entry.objects.filter(state=EntryState.ACTIVE)
    own = Examiner.objects.in_register().filter(account=None, deceased_on=None, id__in=active.values("examiner"))
    return people.filter(id__in=own.values("id")).exclude(id__in=lately.values("examiner"))


def count_ways(people: QuerySet[Examiner]) -> dict[InvitationWay, int]:
    """Return by what way how many of some people would be invited now."""
    found, values = people.order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(people=found), values)
        return {InvitationWay(way): count for way, count in cursor.fetchall()}


def without_a_way(people: QuerySet[Examiner]) -> QuerySet[Examiner]:
    """Return those of some people whom neither an e-mail nor a letter reaches."""
    held = EmailHold.objects.values("email")
    return people.annotate(email_key=Lower("email")).filter(Q(email="") | Q(email_key__in=held), address_encrypted=None)


def invite(*, invitation_id: uuid.UUID, people: QuerySet[Examiner], shown: int, by: Actor) -> Invitation:
    """Invite everybody of `people` who may be, and start the job that queues their e-mails. Return the invitation.

    `invitation_id` was chosen when the page was shown, so pressing twice invites once. `shown` is how many people the
    button named. Raise `PeopleChangedError` or `NobodyError`.
    """
    with transaction.atomic():
        invitation, is_new = Invitation.objects.get_or_create(pk=invitation_id, defaults={"author": by.account_id})
        if not is_new:
            return invitation
        # Of two colleagues who invite at once, the second sees whom the first has invited.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE mailings_invited IN SHARE ROW EXCLUSIVE MODE")
            found, values = may_be_invited(people).order_by().values("id").query.sql_with_params()
            cursor.execute(_PIN.format(people=found), [invitation.pk, *values])
            count = cursor.rowcount
        if count != shown:
            raise PeopleChangedError(count)
        if not invitation.invited.exclude(way=InvitationWay.NONE).exists():
            raise NobodyError
        details = {"invitation": str(invitation.pk), "people": count}
        record_event(tag=Tag.INVITATION_MADE, by=by, details=details)
        start_job(task=QUEUE_TASK)
    return invitation


def not_accepted(invitation: Invitation) -> QuerySet[Examiner]:
    """Return the query for whom an invitation was for and who has no account."""
    return Examiner.objects.filter(invitations__invitation=invitation, account=None)


def queue_waiting() -> None:
    """Queue the e-mails of invitations that have none yet, in batches, each in a transaction of its own."""
    while _queue_some():
        pass


def _queue_some() -> bool:
    with transaction.atomic():
        rows = list(
            Invited.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(way=InvitationWay.EMAIL, email_id=None, is_left_out=False)
            .select_related("examiner", "invitation")
            .order_by("id")[:_AT_ONCE]
        )
        allowed = {author: may_send(author) for author in {one.invitation.author for one in rows}}
        emails = [one.examiner.email.lower() for one in rows]
        held = set(EmailHold.objects.filter(email__in=emails).values_list("email", flat=True))
        still = set(_still_invited(rows))
        for one in rows:
            examiner = one.examiner
            if not allowed[one.invitation.author] or examiner.pk not in still or examiner.email.lower() in held:
                one.is_left_out = True
            else:
                one.email_id = queue_invitation(examiner_id=examiner.pk, to=_recipient(examiner), url=instruction()).pk
        Invited.objects.bulk_update(rows, ["email_id", "is_left_out"])
    return bool(rows)


def _still_invited(rows: list[Invited]) -> list[uuid.UUID]:
    """Return the ids of those who still have no account, an active entry, and an e-mail address."""
    active = Entry.objects.filter(state=EntryState.ACTIVE)
    people = Examiner.objects.in_register().filter(
        pk__in=[one.examiner_id for one in rows], account=None, deceased_on=None, id__in=active.values("examiner")
    )
    return list(people.exclude(email="").values_list("pk", flat=True))


def instruction() -> str:
    """Return the URL of the page that explains the first log-in."""
    return public_url(FIRST_LOGIN_PATH)


def _recipient(examiner: Examiner) -> MailRecipient:
    name = full_name(examiner.first_names, examiner.surname)
    return MailRecipient(email=examiner.email, name=name, language=settings.LANGUAGE_CODE)


def count_waiting(invitation: Invitation) -> int:
    """Return how many e-mails of an invitation are not sent yet."""
    rows = invitation.invited.filter(way=InvitationWay.EMAIL, is_left_out=False)
    queued = Email.objects.filter(id__in=rows.filter(email_id__isnull=False).values("email_id"))
    unsent = queued.exclude(state__in=[DeliveryState.ACCEPTED, DeliveryState.REJECTED])
    return rows.filter(email_id=None).count() + unsent.count()


def delete_old_invitations() -> int:
    """Delete the invitations that were kept long enough, and return how many. Whom they were for goes with them."""
    return Invitation.objects.filter(made_at__lte=MAILINGS.before).delete()[1].get("mailings.Invitation", 0)
