"""The page of a person in the register: a head, and sections, each for the staff with its permission."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.act_views import act_context
from egzaminator.panel.actions import SubjectPage
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit, record_view
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.person import account, details, emails, history, notes, register
from egzaminator.panel.person.head import states_of
from egzaminator.panel.person.viewed import Viewed
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.act_lists import waiting_act


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the page. It stands there for the staff with its permission, if it has something to show."""

    slug: str
    """The id of its heading, and the name of its template in `panel/person/`."""
    title: Promise
    context: Callable[[HttpRequest, Viewed], Mapping[str, object] | None]
    """Return what its template shows, or None if there is nothing."""
    permission: str = "register.view_examiner"

    @property
    def template(self) -> str:
        """The template of what stands below its heading."""
        return f"panel/person/{self.slug}.html"


SECTIONS: Final = (
    Section(slug="register", title=_("Register"), context=register.context),
    Section(slug="details", title=_("Details stated by the examiner"), context=details.context),
    Section(slug="account", title=_("Account"), context=account.context),
    Section(slug="emails", title=_("E-mails"), context=emails.context),
    Section(slug="history", title=_("History"), context=history.context),
    Section(slug="notes", title=_("Notes"), context=notes.context, permission="audit.view_stafftext"),
)


@permission_required("register.view_examiner")
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def examiner(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Show what the board knows of a person. It changes nothing, but counts and records the look-up.

    The id of a record that was joined into another leads to that one. Of one that was taken back, nothing is shown.
    """
    viewed = Viewed(get_object_or_404(Examiner.objects.select_related("account"), pk=examiner_id))
    if viewed.examiner.joined_into_id:
        return redirect("examiner", examiner_id=viewed.examiner.joined_into_id)
    if viewed.examiner.taken_back_at:
        gone = {"taken_back_at": viewed.examiner.taken_back_at}
        return render(request, "panel/person/taken_back.html", gone, status=HTTPStatus.GONE)
    record_view(examiner=viewed.examiner, by=actor_of(request))
    sections = [
        (section, context)
        for section in SECTIONS
        if request.user.has_perm(section.permission) and (context := section.context(request, viewed)) is not None
    ]
    act = waiting_act(account=viewed.account) if viewed.account else None
    for one in act.accounts if act else []:  # of a joining, the page shows the other record as well
        if one.examiner and one.examiner != viewed.examiner:
            record_view(examiner=one.examiner, by=actor_of(request))
    context = {
        **act_context(request, act),
        "examiner": viewed.examiner,
        "viewed": viewed,
        "states": states_of(viewed),
        "sections": sections,
    }
    return render(request, "panel/person/page.html", context)


@permission_required("register.view_examiner")
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def extract(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Show the entries of a person with their decisions, to be printed under the board's head."""
    viewed = Viewed(get_object_or_404(Examiner.objects.in_register(), pk=examiner_id))
    record_view(examiner=viewed.examiner, by=actor_of(request))
    context = {"examiner": viewed.examiner, "entries": viewed.entries, "made_at": timezone.now()}
    return render(request, "panel/person/extract.html", context)


def _examiner(request: HttpRequest, examiner_id: uuid.UUID) -> Examiner:
    hit_lookup_limit(by=actor_of(request), whom=str(examiner_id))
    return get_object_or_404(Examiner.objects.in_register(), pk=examiner_id)


def _account(request: HttpRequest, examiner_id: uuid.UUID) -> Account:
    hit_lookup_limit(by=actor_of(request), whom=str(examiner_id))
    return get_object_or_404(Account.objects.select_related("examiner"), examiner_id=examiner_id)


def _record_view_of_account(request: HttpRequest, found: Account) -> None:
    assert found.examiner is not None  # noqa: S101 -- for mypy; it was looked up by its examiner
    record_view(examiner=found.examiner, by=actor_of(request))


# What actions on the examiner, and on their account, are taken on. Both URLs have the examiner's id.
EXAMINER_PAGE: Final = SubjectPage(
    find=_examiner,
    url=lambda found: reverse("examiner", args=[found.id]),
    list_view="find-examiner",
    name=lambda found: found.name,
    record_view=lambda request, found: record_view(examiner=found, by=actor_of(request)),
)
ACCOUNT_PAGE: Final = SubjectPage(
    find=_account,
    url=lambda found: reverse("examiner", args=[found.examiner_id]),
    list_view="find-examiner",
    name=lambda found: found.display_name,
    record_view=_record_view_of_account,
)
