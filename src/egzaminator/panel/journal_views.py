"""The journal ("Dziennik"): who did what to whom, when and why; on the screen and as a file."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.audit.domain.journal import JournalFilter
from egzaminator.audit.models import Event
from egzaminator.core.csv_files import csv_lines
from egzaminator.core.paging import cursor_of
from egzaminator.core.templatetags.dates import machine_date
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.journal import JournalQuery, export_journal, find_person, read_journal, subjects_of
from egzaminator.panel.journal_forms import JournalAddressForm, JournalForm, start_of
from egzaminator.panel.journal_text import rows_in_words
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.navigation import VIEW_JOURNAL
from egzaminator.register.models import Examiner

EXPORT_JOURNAL: Final = "audit.export_event"
_DAYS: Final = ("since", "until")
_ADDRESS_FIELDS: Final = ("person", "actor", "tag", *_DAYS)
_DAY: Final = datetime.timedelta(days=1)


@permission_required(VIEW_JOURNAL)
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def journal(request: HttpRequest) -> HttpResponse:
    """Show the journal. A POST looks the typed person up and redirects to the address of what was asked for."""
    query, chosen = _query_of(request)
    person_name = _name_of(query)
    form = JournalForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["person"]
        person = find_person(asked=asked, by=actor_of(request)) if asked else query.person
        if person or not asked:
            days = {name: form.cleaned_data[name] for name in _DAYS}
            return redirect(_url(request.POST, person=person, **days))
        form.add_error("person", form.unknown)
    is_shown = not form.is_bound
    page = read_journal(query=query, by=actor_of(request), after=cursor_of(request)) if is_shown else None
    url = _url(request.GET)
    context = {
        "form": form,
        "person_name": person_name,
        "page": page,
        "rows": rows_in_words(page.rows) if page else [],
        "query": url.partition("?")[2],
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=url),
    }
    return render(request, "panel/journal.html", context)


@own_form(OwnForm(page="journal"))
@permission_required(EXPORT_JOURNAL)
@lookups_limited
@require_http_methods(["POST"])
def journal_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Return the events that the address asks for as a CSV file, written while it is sent."""
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=_url(request.GET))
    query, _chosen = _query_of(request)
    _name_of(query)
    batches = export_journal(query=query, by=actor_of(request))
    response = StreamingHttpResponse(
        csv_lines(_file_rows(batches, get_language() or "")), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="dziennik-{timezone.localdate()}.csv"'
    return response


def _file_rows(batches: Iterator[list[Event]], language: str) -> Iterator[list[list[str]]]:
    """Yield the rows of the file in batches, the first with the names of the columns.

    The response is sent after the middleware has ended, so the language is named again for each batch.
    """
    with override(language):
        heading = [
            _("When"), _("Who did it"), _("IP address"), _("Whom it concerns"), _("What happened"), _("Reason"),
            _("Case code"),
        ]  # fmt: skip
    yield [heading]
    for events in batches:
        with override(language):
            yield [
                [
                    machine_date(row.event.at), row.actor, row.event.ip or "", row.subject, row.what, row.reason,
                    row.event.case_code,
                ]
                for row in rows_in_words(events)
            ]  # fmt: skip


def _query_of(request: HttpRequest) -> tuple[JournalQuery, dict[str, object]]:
    """Return what the address asks for, and the choices as the form shows them. What is malformed is left out."""
    form = JournalAddressForm(request.GET)
    form.is_valid()
    found = form.cleaned_data
    person, until = found.get("person"), found.get("until")
    wanted = JournalFilter(
        subjects=subjects_of(person=person) if person else (),
        actor=uuid.UUID(found["actor"]) if found.get("actor") else None,
        tags=found.get("tag", ()),
        since=start_of(found.get("since")),
        before=start_of(until + _DAY if until else None),
    )
    chosen = {name: request.GET.get(name, "") for name in ("actor", "tag")}
    return JournalQuery(person=person, wanted=wanted), chosen | {name: found.get(name) for name in _DAYS}


def _url(chosen: QueryDict, **instead: object) -> str:
    """Return the journal's address for what was chosen, without the page. `instead` replaces what was typed."""
    values = {name: chosen.get(name, "") for name in _ADDRESS_FIELDS} | instead
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{reverse('journal')}?{query}" if query else reverse("journal")


def _name_of(query: JournalQuery) -> str:
    """Return the name of the person whose journal it is, "" for everybody's.

    Raise `Http404` if there is no such person.
    """
    if query.person is None:
        return ""
    examiner = Examiner.objects.filter(pk=query.person).first()
    return examiner.name if examiner else get_object_or_404(Account, pk=query.person).display_name
