"""What happened to a person: the latest on their page, and all of it on a page of its own.

Whoever has the permission also sees who did it, and why.
"""

import uuid
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.history_text import REPEATED
from egzaminator.audit.actor import actor_of
from egzaminator.audit.domain.journal import JournalFilter, list_events
from egzaminator.audit.enums import LOOKS, Tag
from egzaminator.core.paging import cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import record_view
from egzaminator.panel.domain.journal import subjects_of
from egzaminator.panel.journal_text import rows_in_words
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.person.viewed import Viewed
from egzaminator.register.models import Examiner, ImportedPerson

_LATEST: Final = 10
# Staff open a page many times a day, and strangers guess as often as they like. These events would push the others off
# the page, so they are read on request.
_FREQUENT: Final[frozenset[Tag]] = LOOKS - {Tag.PESEL_SHOWN} | REPEATED
_ALL: Final = "all"


def context(_request: HttpRequest, viewed: Viewed) -> Mapping[str, object]:
    """Return the context of `panel/person/history.html`: the latest events, without the frequent ones."""
    wanted = JournalFilter(subjects=subjects_of(person=viewed.examiner.id), without=_FREQUENT)
    page = list_events(wanted=wanted, size=_LATEST)
    return {"rows": rows_in_words(page.rows), "has_more": page.next is not None, "imports": _imports(viewed.examiner)}


def _imports(examiner: Examiner) -> list[ImportedPerson]:
    """Return the register files that wrote a person, the newest first. An import's event names nobody."""
    people = ImportedPerson.objects.filter(examiner_id__in=examiner.known_ids).select_related("source")
    return list(people.order_by("-source__applied_at", "id"))


@permission_required("register.view_examiner")
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def history(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Show what happened to a person, newest first, one page at a time. It is recorded like a view of the person."""
    examiner = get_object_or_404(Examiner.objects.in_register(), pk=examiner_id)
    record_view(examiner=examiner, by=actor_of(request))
    is_whole = _ALL in request.GET
    wanted = JournalFilter(
        subjects=subjects_of(person=examiner.id), without=frozenset[Tag]() if is_whole else _FREQUENT
    )
    page = list_events(wanted=wanted, after=cursor_of(request))
    context = {
        "examiner": examiner,
        "page": page,
        "rows": rows_in_words(page.rows),
        "is_whole": is_whole,
        "imports": _imports(examiner),
    }
    return render(request, "panel/person/history_page.html", context)
