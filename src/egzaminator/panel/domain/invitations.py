"""What the screens of invitations need: whom one would go to, what became of it, and its people page by page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.mail.enums import BounceKind, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.invitations import again_after, may_be_invited, without_a_way
from egzaminator.mailings.enums import InvitationWay
from egzaminator.mailings.models import Invitation, Invited
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.list_keys import refresh_all_list_keys
from egzaminator.panel.domain.looks import record_list
from egzaminator.panel.domain.recipient_rows import trouble_of
from egzaminator.register.domain.selections import examiners_of
from egzaminator.register.models import Examiner, Selection

PAGE_SIZE: Final = 50


class Part(StrEnum):
    """The parts of an invitation's people. The values stand in addresses."""

    ALL = ""
    ACCEPTED = "maja-konto"
    OPEN = "bez-konta"
    MISSED = "nie-dotarlo"
    LETTER = "listem"
    NONE = "bez-adresu"


def people_to_invite(selection: Selection) -> QuerySet[Examiner]:
    """Return the query for everybody on a list who may be invited now."""
    refresh_all_list_keys()
    return may_be_invited(examiners_of(selection))


def name_unreachable(*, people: QuerySet[Examiner], selection: Selection, by: Actor) -> list[Examiner]:
    """Return the first of those whom neither an e-mail nor a letter reaches. It is a look at them.

    Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=f"invite\0{selection.pk}")
    found = list(without_a_way(people).order_by("sort_key", "id")[:PAGE_SIZE])
    record_list(people=[one.pk for one in found], by=by, details={"selection": str(selection.pk)})
    return found


def list_invitations(*, after: uuid.UUID | None) -> Page[Invitation]:
    """Return a page of the invitations, the newest first. `after` is the last one of the page before."""
    rows = Invitation.objects.all()
    return page_after(row_at(rows, after), rows, by="-made_at", size=PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation in the list of all: who made it, to how many, by what way, and who has an account by now."""

    invitation: Invitation
    author: str
    people: int
    by_email: int
    by_letter: int
    without_way: int
    accepted: int


def describe_invitations(invitations: Sequence[Invitation]) -> list[InvitationRow]:
    """Return the rows of a page of invitations, in two queries."""
    names = dict(Account.objects.filter(pk__in=[one.author for one in invitations]).values_list("pk", "name"))
    counted = (
        Invited.objects.filter(invitation__in=invitations)
        .values("invitation")
        .annotate(
            people=Count("id"),
            by_email=Count("id", filter=Q(way=InvitationWay.EMAIL)),
            by_letter=Count("id", filter=Q(way=InvitationWay.LETTER)),
            without_way=Count("id", filter=Q(way=InvitationWay.NONE)),
            accepted=Count("examiner__account"),
        )
    )
    counts = {row.pop("invitation"): row for row in counted}
    return [InvitationRow(invitation=one, author=names.get(one.author, ""), **counts[one.pk]) for one in invitations]


def count_parts(invitation: Invitation) -> dict[Part, int]:
    """Return how many people of an invitation are in each part."""
    return {part: _part(invitation.invited.all(), part).count() for part in Part}


def may_repeat(invitation: Invitation) -> bool:
    """Return whether so many days have passed that whoever did not accept may be invited again."""
    return invitation.made_at <= timezone.now() - again_after()


def list_people(*, invitation: Invitation, part: Part, after: int | None, by: Actor) -> Page[Invited]:
    """Return a page of a part of an invitation's people, in the register's order.

    It is counted as a look-up, and recorded with who was on it. Raise `LimitReachedError` at the limit of look-ups.
    """
    hit_lookup_limit(by=by, whom=f"invitation\0{invitation.pk}\0{part}\0{after}")
    rows = _part(invitation.invited.select_related("examiner__account"), part)
    page = page_after(row_at(rows, after), rows, by="id", size=PAGE_SIZE)
    record_list(people=[one.examiner_id for one in page.rows], by=by, details={"invitation": str(invitation.pk)})
    return page


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """Somebody whom an invitation is for, as the list shows them."""

    examiner: Examiner
    invited: Invited
    why: str
    """Why their e-mail has not arrived; "" if it has, or may yet, or if there is none."""
    server_words: str


def describe_invited(invited: Sequence[Invited]) -> list[InvitedRow]:
    """Return the rows of a page of an invitation's people, in one query."""
    ids = [one.email_id for one in invited if one.email_id]
    emails = Email.objects.filter(pk__in=ids).select_related("bounce").defer("content").in_bulk()
    return [_row(one, emails.get(one.email_id) if one.email_id else None) for one in invited]


def _row(invited: Invited, email: Email | None) -> InvitedRow:
    why, server_words = trouble_of(email) if email else ("", "")
    if invited.is_left_out:
        why = pgettext("invitation", "not sent")
    return InvitedRow(invited.examiner, invited, why, server_words)


def _part(rows: QuerySet[Invited], part: Part) -> QuerySet[Invited]:
    match part:
        case Part.ACCEPTED:
            return rows.filter(examiner__account__isnull=False)
        case Part.OPEN:
            return rows.filter(examiner__account=None).exclude(way=InvitationWay.NONE)
        case Part.MISSED:
            returned = Q(bounce__isnull=False) & ~Q(bounce__kind=BounceKind.DELAYED)
            missed = Email.objects.filter(Q(state=DeliveryState.REJECTED) | returned)
            not_sent = Q(is_left_out=True, examiner__account=None)
            return rows.filter(Q(email_id__in=missed.values("id")) | not_sent)
        case Part.LETTER | Part.NONE:
            return rows.filter(way=InvitationWay.LETTER if part is Part.LETTER else InvitationWay.NONE)
    return rows
