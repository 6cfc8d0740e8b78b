"""The panel's first screen."""

from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.cms.domain.hold_scheduled import held_pages
from egzaminator.mail.domain.held_back import count_held_back
from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.domain.status import describe_queue, describe_returned_mail
from egzaminator.panel.access import staff_only
from egzaminator.panel.charts import HEIGHT, WIDTH, bars_of
from egzaminator.panel.domain.overview import count_open_claims, current_totals, is_worker_well, last_import
from egzaminator.panel.forms import CaseForm, ExaminerForm
from egzaminator.panel.list_forms import ListForm
from egzaminator.panel.list_views import LIST_EXAMINERS
from egzaminator.panel.navigation import CHANGE_CONTACT, EDIT_PAGES
from egzaminator.panel.review.accepting import kind_url
from egzaminator.panel.review.registry import count_waiting, kinds_for, number_text

_MOST_PAGES: Final = 20


@staff_only
@require_http_methods(["GET", "HEAD"])
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what waits, what is counted, and whether e-mail and the worker are well."""
    totals = current_totals()
    may_list = request.user.has_perm(LIST_EXAMINERS)
    context = {
        "case_form": CaseForm(),
        "examiner_form": ListForm() if may_list else ExaminerForm(),
        "waiting": _waiting(cast("Account", request.user)),
        "totals": totals,
        "bars": bars_of([week.accounts for week in totals.by_week]),
        "chart": {"width": WIDTH, "height": HEIGHT},
        "claims": count_open_claims(),
        "queue": describe_queue(),
        "returned": describe_returned_mail(),
        "outage": current_outage(),
        "held_emails": count_held_back() if request.user.has_perm(CHANGE_CONTACT) else 0,
        "last_import": last_import() if may_list else None,
        "is_worker_well": is_worker_well(),
        "held_pages": held_pages()[:_MOST_PAGES] if request.user.has_perm(EDIT_PAGES) else [],
    }
    return render(request, "panel/dashboard.html", context)


def _waiting(member: Account) -> list[tuple[str, str, str]]:
    """Return the kinds of which anything waits that a staff member may see: label, URL of the list, how many."""
    kinds = kinds_for(member)
    counts = count_waiting(kinds=kinds, member=member).by_kind
    return [(str(kind.label), kind_url(kind), number_text(counts[kind.slug])) for kind in kinds if counts[kind.slug]]
