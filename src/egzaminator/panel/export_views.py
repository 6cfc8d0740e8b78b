"""The screens of exports: asking for a file of examiners, how far it is, and its download."""

import uuid
from collections.abc import Iterator
from typing import Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import (
    ask_to_reauthenticate,
    has_reauthenticated,
    reauthentication_url,
)
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.typed_text import put_typed_text
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.exports import EXPORT, ask_for_export, may_have, people_of, record_download
from egzaminator.panel.errors import ExportsUsedUpError
from egzaminator.panel.export_forms import ExportForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.register.domain.exports import exports_of, open_file
from egzaminator.register.domain.selections import find_selection
from egzaminator.register.enums import ExportContent, ExportFormat
from egzaminator.register.models import Export, Selection
from egzaminator.stored_files.domain.files import read_file
from egzaminator.stored_files.models import StoredFile

CONTENT_TYPES: Final = {
    ExportFormat.ZIP.value: "application/zip",
    ExportFormat.CSV.value: "text/csv; charset=utf-8",
    ExportFormat.XLSX.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@own_form(OwnForm(typed=ExportForm, title=gettext_lazy("Export"), button=gettext_lazy("Make the file")))
@permission_required(EXPORT)
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def ask_export(request: HttpRequest, selection_id: uuid.UUID | None = None) -> HttpResponse:
    """Let staff ask, after re-authentication and with a reason, for a file of a selection or of everybody."""
    selection = _find_selection(request, selection_id) if selection_id else None
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=request.get_full_path())
    member = cast("Account", request.user)
    form = ExportForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            export = ask_for_export(
                export_id=typed["export_id"],
                selection=selection,
                content=ExportContent(typed["content"]),
                file_format=ExportFormat(typed["format"]),
                reason=typed["reason"],
                by=actor_of(request),
            )
        except ExportsUsedUpError:
            form.add_error(None, str(form.used_up))
        else:
            return redirect("export", export_id=export.pk)
    if kept := take_fields(request, member, page=request.get_full_path()):
        put_typed_text(form, kept)
    return render(
        request,
        "panel/ask_export.html",
        {"form": form, "people": people_of(selection=selection).count(), "selection": selection},
    )


@permission_required(EXPORT)
@require_http_methods(["GET", "HEAD"])
def exports(request: HttpRequest) -> HttpResponse:
    """List the files that the staff member asked for within the last day."""
    return render(request, "panel/exports.html", {"exports": exports_of(owner=_member(request).pk)})


@permission_required(EXPORT)
@require_http_methods(["GET", "HEAD"])
def export(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """Show how far a file is, and offer it once it is ready."""
    found = _find(request, export_id)
    confirm = None if has_reauthenticated(request) else reauthentication_url(back_to=request.get_full_path())
    return render(request, "panel/export.html", {"export": found, "confirm_first": confirm})


@own_form(OwnForm(page="exports"))
@permission_required(EXPORT)
@require_http_methods(["POST"])
def download_export(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Send the file of an export to who asked for it and still may have it. Each download is recorded."""
    page = reverse("export", args=[export_id])
    found = _find(request, export_id)
    if not may_have(member=_member(request), content=found.content):
        raise PermissionDenied
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=page)
    file = open_file(export=found, account_id=_member(request).pk)
    if file is None:
        messages.warning(request, _("The file is not ready yet, or its time is over."))
        return redirect(page)
    record_download(export=found, by=actor_of(request))
    response = StreamingHttpResponse(_pieces(file), content_type=CONTENT_TYPES[found.format])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or ""
    response["Content-Length"] = str(file.size)
    return response


def _pieces(file: StoredFile) -> Iterator[bytes]:
    """Yield the file's content. A damaged piece ends the response early, so the browser reports a broken download."""
    try:
        yield from read_file(file=file)
    except UndecryptableError as error:
        record_undecryptable(context=error.context)
        raise


def _find_selection(request: HttpRequest, selection_id: uuid.UUID) -> Selection:
    selection = find_selection(selection_id=selection_id, reader=_member(request).pk)
    if selection is None:
        raise Http404
    return selection


def _find(request: HttpRequest, export_id: uuid.UUID) -> Export:
    """Return a staff member's own export. Raise `Http404` for anybody else's, as for one that there is not."""
    return get_object_or_404(exports_of(owner=_member(request).pk), pk=export_id)


def _member(request: HttpRequest) -> Account:
    return cast("Account", request.user)
