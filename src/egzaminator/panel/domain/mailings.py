"""What the screens of mailings need: whom one goes to, who got the same text, its preview, and who is told of it."""

import datetime
import uuid
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.mail.catalogue import queue_mailing_planned
from egzaminator.mail.domain.queue import queue_wire
from egzaminator.mail.domain.render import mailbox_in_ascii, public_url
from egzaminator.mail.enums import MAILING
from egzaminator.mail.models import Email
from egzaminator.mailings.domain import sending
from egzaminator.mailings.domain.contents import person_of
from egzaminator.mailings.domain.drafts import text_of
from egzaminator.mailings.domain.letter import Letter, Person, email_id_of
from egzaminator.mailings.domain.results import refresh
from egzaminator.mailings.enums import RecipientState, Salutation
from egzaminator.mailings.models import Mailing, Recipient
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.panel.domain.looks import record_look
from egzaminator.register.domain.listing import matching
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.membership import members_with
from egzaminator.staff.domain.notifications import inspectors
from egzaminator.staff.roles import Role

VIEW: Final = "mailings.view_mailing"
PAGE_SIZE: Final = 50
# Whom a mailing is tried out on. There is nobody of this name, and no such number.
INVENTED: Final = Person(
    examiner_id=uuid.UUID(int=0), first_names="Maria", surname="Przykładowa", pesel=None, chosen=Salutation.MADAM
)


def list_mailings(*, after: uuid.UUID | None) -> Page[Mailing]:
    """Return a page of the mailings, the newest first. `after` is the last one of the page before."""
    rows = Mailing.objects.defer("body_encrypted", "terms_encrypted")
    return page_after(row_at(rows, after), rows, by="-created_at", size=PAGE_SIZE)


def people_of(mailing: Mailing) -> QuerySet[Examiner]:
    """Return the query for everybody whom a draft would go to now. Raise `UndecryptableError`."""
    refresh_all_list_keys()
    return matching(terms=mailing.terms)


def same_text_to(mailing: Mailing, people: QuerySet[Examiner]) -> list[tuple[int, datetime.datetime]]:
    """Return to how many of these people the same text went before, and when, for each mailing with that text."""
    got = Recipient.objects.filter(
        mailing__body_index=mailing.body_index,
        mailing__started_at__isnull=False,
        state__in=[RecipientState.HANDED_OVER, RecipientState.WAITING],
        examiner__in=people.order_by().values("id"),
    ).exclude(mailing=mailing)
    by_mailing = got.values("mailing").annotate(count=Count("id"), at=Max("mailing__started_at"))
    return [(row["count"], row["at"]) for row in by_mailing.order_by("-at")]


def preview(*, mailing: Mailing, examiner: Examiner, by: Actor) -> bytes:
    """Return the e-mail as it would be sent now to an examiner. It is a look at them: counted, and recorded.

    Raise `LimitReachedError` at the limit of look-ups, and `UndecryptableError`.
    """
    hit_lookup_limit(by=by, whom=str(examiner.pk))
    record_look(tag=Tag.MAILING_PREVIEWED, by=by, subject=examiner.pk, details={"mailing": str(mailing.pk)})
    account = Account.objects.filter(examiner=examiner).first()
    return Letter(text_of(mailing)).wire_for(
        person_of(examiner, needs_pesel=True),
        email_id=email_id_of(mailing_id=mailing.pk, examiner_id=examiner.pk),
        mailbox=mailbox_in_ascii(account.email if account else examiner.email) or "",
        created_at=timezone.now(),
    )


def send_test(*, mailing: Mailing, by: Actor) -> None:
    """Send a mailing to its writer, filled in with an invented person. Raise `UndecryptableError`."""
    member = Account.objects.get(pk=str(by.account_id))
    email_id = uuid.uuid4()
    mailbox = mailbox_in_ascii(member.email) or ""
    wire = Letter(text_of(mailing)).wire_for(INVENTED, email_id=email_id, mailbox=mailbox, created_at=timezone.now())
    queue_wire(
        Email(
            id=email_id,
            kind=MAILING,
            related_id=member.pk,
            email=member.email,
            recipient_name=member.display_name,
            subject=mailing.subject,
        ),
        wire=wire,
    )
    record_event(tag=Tag.MAILING_TESTED, by=by, details={"mailing": str(mailing.pk)})


def send(*, mailing: Mailing, version: int, shown: int, starts_at: datetime.datetime | None, by: Actor) -> Mailing:
    """Send or plan a draft (`mailings.domain.sending.plan`), and tell the colleagues if it goes to many."""
    people = people_of(mailing)
    with transaction.atomic():  # it is not sent without their being told
        planned = sending.plan(
            mailing_id=mailing.pk, version=version, people=people, shown=shown, starts_at=starts_at, by=by
        )
        _notify_colleagues(planned, count=planned.people, by=by)
    return planned


def send_again(*, mailing: Mailing, shown: int, by: Actor) -> Mailing:
    """Send a mailing again to whoever it has not reached, and tell the colleagues if they are many."""
    with transaction.atomic():
        planned = sending.send_again(mailing_id=mailing.pk, shown=shown, by=by)
        _notify_colleagues(planned, count=shown, by=by)
    return planned


def _notify_colleagues(mailing: Mailing, *, count: int, by: Actor) -> None:
    """Notify whoever could stop a mailing to many: all who may send, and the inspectors."""
    if count <= sending.AT_ONCE or mailing.starts_at is None:
        return
    name = Account.objects.get(pk=str(by.account_id)).display_name
    for mailbox in sorted({*(member.email for member in members_with(Role.RECORDS)), *inspectors()}):
        queue_mailing_planned(
            mailbox=mailbox,
            name=name,
            people=count,
            starts_at=mailing.starts_at,
            page=public_url(f"/panel/wiadomosci/{mailing.pk}/"),
        )


def list_recipients(*, mailing: Mailing, states: list[str], after: int | None, by: Actor) -> Page[Recipient]:
    """Return a page of a mailing's recipients in some states, or all, in the register's order.

    It is counted as a look-up, and recorded with who was on it. Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=f"mailing\0{mailing.pk}\0{states}\0{after}")
    rows = mailing.recipients.select_related("examiner")
    if states:
        rows = rows.filter(state__in=states)
    page = page_after(row_at(rows, after), rows, by="id", size=PAGE_SIZE)
    details: dict[str, str | list[str]] = {
        "mailing": str(mailing.pk),
        "examiners": [str(one.examiner_id) for one in page.rows],
    }
    record_look(tag=Tag.MAILING_LISTED, by=by, subject=None, details=details)
    return page


def current(mailing: Mailing) -> Mailing:
    """Return a mailing with what has become of it until now."""
    refresh(mailing_id=mailing.pk)
    mailing.refresh_from_db()
    return mailing
