"""The button of an item: a staff member has seen it, and it waits no longer."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.audit.errors import ReviewedAlreadyError, ReviewOutdatedError
from egzaminator.core.templatetags.dates import table_date
from egzaminator.panel.actions import StaffAction, SubjectPage, button_view
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.review.kind import Acceptance, ReviewKind
from egzaminator.panel.review.registry import KINDS
from egzaminator.staff.domain.act_lists import VIEW_ACT
from egzaminator.staff.domain.independence import is_own_record
from egzaminator.staff.errors import OwnAccountError

FILTER: Final = "rodzaj"
SEEN: Final = "seen"


def kind_url(kind: ReviewKind[Any]) -> str:
    """Return the URL of the list of one kind."""
    return f"{reverse('review')}?{FILTER}={kind.slug}"


def reviewed_text(error: ReviewedAlreadyError) -> str:
    """Return who has dealt with it already, and when."""
    member = Account.objects.filter(pk=error.by).first() if error.by else None
    if member is None or error.at is None:
        return _("This waits no longer: it was dealt with, or has changed.")
    return _("Somebody has dealt with it already: %(name)s, %(when)s.") % {
        "name": member.display_name, "when": table_date(error.at),
    }  # fmt: skip


NOTICES: Final[Mapping[type[Exception], tuple[int, Promise | Callable[[Any], str]]]] = {
    ReviewedAlreadyError: (messages.WARNING, reviewed_text),
    ReviewOutdatedError: (
        messages.WARNING,
        gettext_lazy("This has changed since you opened the list, so nothing was done. Read it again."),
    ),
    OwnAccountError: (messages.WARNING, gettext_lazy("This is about yourself: a colleague has to deal with it.")),
}


def accept_urls() -> list[URLPattern]:
    """Return the URLs of the buttons of all kinds that have one."""
    return [
        path(
            f"do-sprawdzenia/{kind.slug}/<{kind.acceptance.parameter}>/przyjmij/",
            button_view(_action(kind, kind.acceptance), _page(kind, kind.acceptance)),
            name=kind.accept_name,
        )
        for kind in KINDS
        if kind.acceptance
    ]


def _action(kind: ReviewKind[Any], acceptance: Acceptance[Any]) -> StaffAction[Any]:
    def run(request: HttpRequest, row: Any, _fields: Mapping[str, Any]) -> Promise:
        examiner = acceptance.examiner(row)
        if examiner is not None and is_own_record(examiner=examiner, member=cast("Account", request.user)):
            raise OwnAccountError
        acceptance.accept(row, request.POST.get(SEEN, ""), actor_of(request))
        return gettext_lazy("It is off the list.")

    return StaffAction(
        name=kind.accept_name,
        path="przyjmij",
        permission=acceptance.permission,
        run=run,
        notices=NOTICES,
        needs_confirmation=False,
    )


def _page(kind: ReviewKind[Any], acceptance: Acceptance[Any]) -> SubjectPage[Any]:
    def find(request: HttpRequest, key: uuid.UUID | int) -> Any:
        if not (request.user.has_perm(VIEW_ACT) and request.user.has_perm(kind.permission)):
            raise PermissionDenied
        row = get_object_or_404(kind.rows(), pk=key)
        examiner = acceptance.examiner(row)
        if examiner is not None:
            hit_lookup_limit(by=actor_of(request), whom=str(examiner.pk))
        return row

    return SubjectPage(find=find, url=lambda _row: kind_url(kind), list_view="review", name=lambda _row: "")
