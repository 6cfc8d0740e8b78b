"""The screen with what waits for somebody at the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.panel.domain.looks import record_list
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.review.accepting import FILTER
from egzaminator.panel.review.kind import Item, ReviewKind
from egzaminator.panel.review.registry import Group, count_waiting, kinds_for, number_text, review_page
from egzaminator.staff.domain.act_lists import VIEW_ACT


@dataclass(frozen=True, slots=True)
class KindCount:
    """A kind with the number of what waits of it, in words."""

    kind: ReviewKind[Any]
    number: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The items of a kind on a page."""

    kind: ReviewKind[Any]
    items: Sequence[Item]
    may_accept: bool


@permission_required(VIEW_ACT)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest) -> HttpResponse:
    """List what waits and a staff member may see: all, or one kind. A page that names anybody counts as one look-up."""
    member = cast("Account", request.user)
    kinds = kinds_for(member)
    chosen = next((kind for kind in kinds if kind.slug == request.GET.get(FILTER)), None)
    after = request.GET.get("after", "")
    refresh_list_keys()
    page = review_page(kinds=[chosen] if chosen else kinds, member=member, after=after)
    groups = [_shown(group, member) for group in page.groups]
    _record_look(request, groups, after)
    counts = count_waiting(kinds=kinds, member=member)
    context = {
        "counts": [KindCount(kind, number_text(counts.by_kind[kind.slug])) for kind in kinds],
        "total": number_text(counts.total),
        "chosen": chosen,
        "filter": FILTER,
        "groups": groups,
        "page": page,
    }
    return render(request, "panel/review.html", context)


def _shown(group: Group, member: Account) -> ShownGroup:
    kind = group.kind
    may_accept = kind.acceptance is not None and member.has_perm(kind.acceptance.permission)
    return ShownGroup(kind, kind.items(group.rows, member), may_accept)


def _record_look(request: HttpRequest, groups: Sequence[ShownGroup], after: str) -> None:
    """Count the page, and record whom it names; each of them reads in their history which role has looked."""
    seen = [one for group in groups for item in group.items for one in item.examiner_ids]
    if seen:
        hit_lookup_limit(by=actor_of(request), whom=f"review\0{[group.kind.slug for group in groups]}\0{after}")
        record_list(people=seen, by=actor_of(request))
