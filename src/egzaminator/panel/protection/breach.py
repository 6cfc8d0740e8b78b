"""The breach helper: whose data an account saw, downloaded or changed; on the screen and as a file."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import Actor, actor_of
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.audit.enums import Tag
from egzaminator.core.csv_files import csv_lines
from egzaminator.core.paging import cursor_of
from egzaminator.core.templatetags.dates import table_date
from egzaminator.core.typed_text import put_typed_text
from egzaminator.core.xlsx_files import xlsx_pieces
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.looks import record_list, record_look
from egzaminator.panel.domain.traces import (
    Question,
    Seen,
    Trace,
    count_people,
    iterate_people,
    list_others,
    list_people,
)
from egzaminator.panel.export_views import CONTENT_TYPES
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.protection.breach_forms import BreachFileForm, BreachForm
from egzaminator.register.enums import ExportFormat

TRACE_PEOPLE: Final = "staff.trace_people"


@permission_required(TRACE_PEOPLE)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def breach(request: HttpRequest) -> HttpResponse:
    """Ask who and when, and show whose data they saw. A page is recorded like a page of any list."""
    form = BreachForm(request.GET or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        question, by, after = form.question, actor_of(request), cursor_of(request)
        hit_lookup_limit(by=by, whom=f"traces\0{question}\0{after}")
        page = list_people(question=question, after=after)
        record_list(people=[row.examiner.pk for row in page.rows], by=by, details=_asked(question))
        context |= {
            "page": page,
            "others": list_others(question=question) if page.is_first else [],
            "count": count_people(question=question),
            "actor_name": form.actor_name,
            "file_url": f"{reverse('breach-file')}?{request.GET.urlencode()}",
        }
    return render(request, "panel/protection/breach.html", context)


@own_form(OwnForm(typed=BreachFileForm, title=gettext_lazy("Save the list"), button=gettext_lazy("Download the file")))
@permission_required(TRACE_PEOPLE)
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def breach_file(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the whole answer as a file, after re-authentication and for a reason. It is recorded with whom it holds."""
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=request.get_full_path())
    asked = BreachForm(request.GET)
    if not asked.is_valid():
        return redirect("breach")
    form = BreachFileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _file(asked.question, form.cleaned_data["format"], form.cleaned_data["reason"], actor_of(request))
    if typed := take_fields(request, cast("Account", request.user), page=request.get_full_path()):
        put_typed_text(form, typed)
    context = {
        "form": form,
        "actor_name": asked.actor_name,
        "count": count_people(question=asked.question),
        "back_url": f"{reverse('breach')}?{request.GET.urlencode()}",
    }
    return render(request, "panel/protection/breach_file.html", context)


def _file(question: Question, file_format: str, reason: str, by: Actor) -> StreamingHttpResponse:
    """Return the file, written while it is sent. Whom each batch names is recorded before it is sent."""
    assert by.account_id is not None  # noqa: S101 -- for mypy; the door asks for an account
    hit_lookup_limit(by=by, whom=f"traces\0{question}\0file")
    event = record_look(
        tag=Tag.TRACES_EXPORTED,
        by=by,
        subject=question.actor or by.account_id,
        details={**_asked(question), "format": file_format},
        reason=reason,
    )
    name = f"osoby-{timezone.localdate()}.{file_format}"
    with override(settings.LANGUAGE_CODE):
        heading = [
            _("Surname"), _("First names"), _("Registration numbers"), _("E-mail address"), _("What was seen"),
            _("First"), _("Last"),
        ]  # fmt: skip
    batches = _rows(question, event.pk)
    content = (
        xlsx_pieces(title=_("Persons"), heading=heading, batches=batches)
        if file_format == ExportFormat.XLSX
        else (text.encode() for text in csv_lines(_headed(heading, batches)))
    )
    response = StreamingHttpResponse(content, content_type=CONTENT_TYPES[file_format])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _headed(heading: list[str], batches: Iterator[list[list[str]]]) -> Iterator[list[list[str]]]:
    yield [heading]
    yield from batches


def _rows(question: Question, file: uuid.UUID) -> Iterator[list[list[str]]]:
    for traces in iterate_people(question=question):
        record_shown(file=file, people=[trace.examiner.pk for trace in traces])
        with override(settings.LANGUAGE_CODE):
            yield [_row(trace) for trace in traces]


def _row(trace: Trace) -> list[str]:
    examiner = trace.examiner
    account: Account | None = getattr(examiner, "account", None)
    return [
        examiner.surname,
        examiner.first_names,
        ", ".join(entry.number for entry in examiner.entries.all()),
        account.email if account else examiner.email,
        ", ".join(_in_words(seen) for seen in trace.seen),
        table_date(min(seen.first for seen in trace.seen)),
        table_date(max(seen.last for seen in trace.seen)),
    ]


def _in_words(seen: Seen) -> str:
    return f"{seen.way.label} ({seen.count})"


def _asked(question: Question) -> dict[str, str]:
    """Return what was asked, for the event: who, and when at the board's time."""
    moments: dict[str, datetime.datetime] = {"since": question.since, "before": question.before}
    asked = {name: timezone.localtime(moment).isoformat() for name, moment in moments.items()}
    return asked | ({"actor": str(question.actor)} if question.actor else {})
