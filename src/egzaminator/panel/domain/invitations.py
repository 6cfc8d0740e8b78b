"""What the screens of invitations need: whom one would go to, what became of it, and its people page by page."""

import uuid
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

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


def _part(rows: QuerySet[Invited], part: Part) -> QuerySet[Invited]:
    match part:
        case Part.ACCEPTED:
            return rows.filter(examiner__account__isnull=False)
        case Part.OPEN:
            return rows.filter(examiner__account=None).exclude(way=InvitationWay.NONE)
        case Part.MISSED:
            returned = Q(bounce__isnull=False) & ~Q(bounce__kind=BounceKind.DELAYED)
            missed = Email.objects.filter(Q(state=DeliveryState.REJECTED) | returned)
            return rows.filter(email_id__in=missed.values("id"))
        case Part.LETTER | Part.NONE:
            return rows.filter(way=InvitationWay.LETTER if part is Part.LETTER else InvitationWay.NONE)
    return rows
