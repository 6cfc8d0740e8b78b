"""The screens of imports: the list with the form that takes a file, and what became of one import."""

import uuid
from contextlib import closing
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form, takes
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated, reauthentication_url
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of, number_cursor_of, page_after, row_at
from egzaminator.login.same_origin import has_token, is_sent_from_elsewhere
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.exports import EXPORT_PESEL, ask_for_rows
from egzaminator.panel.domain.uploads import hit_upload_limit
from egzaminator.panel.errors import ExportsUsedUpError, UploadsUsedUpError
from egzaminator.panel.export_forms import ExportForm
from egzaminator.panel.imports.actions import find_own, mark_of
from egzaminator.panel.imports.forms import ImportForm
from egzaminator.panel.imports.looks import look_at_rows
from egzaminator.panel.imports.shown import PARTS, TITLES, shown, tiles
from egzaminator.panel.imports.undo import undo_context
from egzaminator.panel.imports.upload import ImportUploadHandler, UploadFault
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.navigation import ADD_IMPORT
from egzaminator.register.domain.imports.browser import all_imports, begin_import, same_file_before
from egzaminator.register.domain.imports.preview import PreviewPart, count_part, count_to_apply
from egzaminator.register.domain.imports.text import labelled_changes
from egzaminator.register.domain.scopes import count_without_kind
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Import
from egzaminator.stored_files.errors import FileGoneError
from egzaminator.web.errors import csrf_failure

_PAGE_SIZE: Final = 30
_REFRESH_SECONDS: Final = "5"
_FORM: Final = OwnForm(page="imports")


# Django's check reads the body, so `_receive` makes it after its own: nothing of a stranger's file is read.
@csrf_exempt
@takes(_FORM)
@permission_required(ADD_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponseBase:
    """List all imports, and take a file to be checked."""
    return _receive(request) if request.method == "POST" else _render(request, ImportForm())


def _receive(request: HttpRequest) -> HttpResponseBase:
    """Take a file. Whose request it is, whence it comes and how many files there were is known before it is read."""
    if is_sent_from_elsewhere(request):
        return csrf_failure(request)
    try:
        hit_upload_limit(by=actor_of(request))
    except UploadsUsedUpError:
        return _render(request, ImportForm({}, {}, fault=UploadFault.USED_UP))
    with closing(ImportUploadHandler(request, owner=_member(request).pk)) as handler:
        request.upload_handlers = [handler]
        if not has_token(request):
            messages.warning(
                request,
                _("The file was not taken, because this page was opened before you last logged in. Choose it again."),
            )
            return redirect("imports")
        return _begin(request, handler)


@own_form(_FORM)
def _begin(request: HttpRequest, handler: ImportUploadHandler) -> HttpResponseBase:
    form = ImportForm(request.POST, {} if handler.fault else request.FILES, fault=handler.fault)
    # It may have arrived for a long time, in which the account or the role was taken away.
    member = Account.objects.get(pk=_member(request).pk)
    if not form.is_valid() or not member.has_perm(ADD_IMPORT):
        return _render(request, form)
    file = form.cleaned_data["file"]
    import_id, by = form.cleaned_data["import_id"], actor_of(request)
    try:
        one = begin_import(import_id=import_id, file=file.stored, name=file.name, by=by)
    except FileGoneError:  # the account was ended just now
        return _render(request, ImportForm({}, {}, fault=UploadFault.CUT_OFF))
    if one.file_id == file.stored.pk:  # else the form was sent twice
        handler.keep()
    return redirect("import", import_id=one.pk)


@permission_required(ADD_IMPORT)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def one_import(request: HttpRequest, import_id: uuid.UUID, slug: str = "") -> HttpResponse:
    """Show how far an import is, what it would do, or what it did.

    What the file holds, row by row, is shown to who sent it alone. `slug` names the part of the preview; without one it
    is the first that has rows.
    """
    one = get_object_or_404(all_imports(), pk=import_id)
    (found,) = shown([one])
    context: dict[str, Any] = {"one": found, "import": one, "template": found.template}
    if one.state == ImportState.CHECKED and one.uploader == _member(request).pk:
        context |= _preview(request, one, slug)
    elif slug:
        return redirect("import", import_id=one.pk)
    if found.is_applied:
        done = [(label, number) for label, number in labelled_changes(one.counts) if number]
        context |= {"changes": done, "waiting_scopes": count_without_kind(), **undo_context(one)}
    response = render(request, "panel/imports/import.html", context)
    if one.is_due:
        response["Refresh"] = _REFRESH_SECONDS  # job-progress.js puts something better in its place
    return response


@own_form(_FORM)
@permission_required(EXPORT_PESEL)
@require_http_methods(["POST"])
def ask_rows(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Have the file made in which the rows of an import of one's own are put right, after re-authentication."""
    one = find_own(request, import_id)
    page = reverse("import", args=[one.pk])
    if not request.user.has_perm(ADD_IMPORT):
        raise PermissionDenied
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=page)
    if one.state != ImportState.CHECKED:
        messages.warning(request, _("That is not possible now: something has changed meanwhile."))
        return redirect(page)
    try:
        export = ask_for_rows(one=one, by=actor_of(request))
    except ExportsUsedUpError:
        messages.warning(request, str(ExportForm.used_up))
        return redirect(page)
    return redirect("export", export_id=export.pk)


def _preview(request: HttpRequest, one: Import, slug: str) -> dict[str, Any]:
    parts = tiles(one, moved=count_part(of=one, part=PreviewPart.MOVED))
    if slug and slug not in PARTS:
        raise Http404
    part = PARTS.get(slug) or next((tile.part for tile in parts if tile.count), parts[0].part)
    page = look_at_rows(of=one, part=part, after=number_cursor_of(request), by=actor_of(request))
    before = same_file_before(one)
    return {
        "template": "panel/imports/checked.html",
        "tiles": parts,
        "part": part,
        "title": TITLES[part],
        "what": _("What is wrong") if part is PreviewPart.WRONG else _("What changes"),
        "is_moved": any(tile.part is PreviewPart.MOVED for tile in parts),
        "page": page,
        "before": shown([before])[0] if before else None,
        "mark": mark_of(one),
        "to_apply": count_to_apply(one),
        "confirm_first": None if has_reauthenticated(request) else reauthentication_url(back_to=request.path),
    }


def _render(request: HttpRequest, form: ImportForm) -> HttpResponse:
    last = row_at(Import.objects.all(), cursor_of(request))
    page = page_after(last, all_imports(), by="-uploaded_at", size=_PAGE_SIZE)
    context: dict[str, Any] = {"form": form, "page": page, "imports": shown(page.rows)}
    return render(request, "panel/imports/imports.html", context)


def _member(request: HttpRequest) -> Account:
    return cast("Account", request.user)
