"""The screens of a mailing's attachments: the form that takes one, its removal, and its download by staff."""

import uuid
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form, takes
from egzaminator.audit.actor import actor_of
from egzaminator.core.pdf_files import PdfError
from egzaminator.login.same_origin import has_token, is_sent_from_elsewhere
from egzaminator.mailings.attachment_response import attachment_response
from egzaminator.mailings.domain.attachments import MOST, add_attachment, attachments_of, remove_attachment
from egzaminator.mailings.domain.sending import SEND
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.errors import NotNowError, TooManyAttachmentsError
from egzaminator.mailings.models import Mailing
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.mailings import VIEW
from egzaminator.panel.domain.uploads import hit_attachment_limit
from egzaminator.panel.errors import UploadsUsedUpError
from egzaminator.panel.mailing.forms import AttachmentForm
from egzaminator.panel.mailing.upload import FIELD, AttachmentUploadHandler
from egzaminator.panel.mailing.views import NOT_NOW, find_mailing
from egzaminator.web.errors import csrf_failure

_FORM: Final = OwnForm(page="mailings")


# Django's check reads the body, so `_receive` makes it after its own: nothing of a stranger's file is read.
@csrf_exempt
@takes(_FORM)
@permission_required(SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def attachments(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponseBase:
    """Show the attachments of a draft, and take another one."""
    found = find_mailing(mailing_id)
    if request.method == "POST" and is_sent_from_elsewhere(request):
        return csrf_failure(request)
    if found.state != MailingState.DRAFT:
        messages.warning(request, str(NOT_NOW))
        return redirect("mailing", mailing_id=found.pk)
    return _receive(request, found) if request.method == "POST" else _render(request, found, AttachmentForm())


def _receive(request: HttpRequest, found: Mailing) -> HttpResponseBase:
    """Take a file. Whose request it is and whence it comes is known before it is read."""
    try:
        hit_attachment_limit(by=actor_of(request))
    except UploadsUsedUpError:
        return _render(request, found, AttachmentForm({}, {}, fault=AttachmentForm.used_up))
    handler = AttachmentUploadHandler(request)
    request.upload_handlers = [handler]
    if not has_token(request):
        messages.warning(
            request,
            _("The file was not taken, because this page was opened before you last logged in. Choose it again."),
        )
        return redirect("mailing-attachments", mailing_id=found.pk)
    return _attach(request, found, handler)


@own_form(_FORM)
def _attach(request: HttpRequest, found: Mailing, handler: AttachmentUploadHandler) -> HttpResponseBase:
    fault = AttachmentForm.too_large if handler.is_too_large else None
    form = AttachmentForm(request.POST, request.FILES, fault=fault)
    # It may have arrived for a long time, in which the account or the role was taken away.
    member = Account.objects.get(pk=cast("Account", request.user).pk)
    if not form.is_valid() or not (member.is_active and member.has_perm(SEND)):
        return _render(request, found, form)
    file = form.cleaned_data[FIELD]
    try:
        add_attachment(
            attachment_id=form.cleaned_data["attachment_id"],
            mailing_id=found.pk,
            name=file.name,
            content=file.read(),
            by=actor_of(request),
        )
    except PdfError as error:
        form.add_error(FIELD, str(form.faults[error.fault]))
        return _render(request, found, form)
    except TooManyAttachmentsError:
        form.add_error(FIELD, str(form.too_many) % {"most": MOST})
        return _render(request, found, form)
    except NotNowError:
        messages.warning(request, str(NOT_NOW))
        return redirect("mailing", mailing_id=found.pk)
    messages.success(request, _("The file is attached."))
    return redirect("mailing-attachments", mailing_id=found.pk)


@own_form(_FORM)
@permission_required(SEND)
@require_http_methods(["POST"])
def remove(request: HttpRequest, mailing_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """Remove an attachment of a draft."""
    found = find_mailing(mailing_id)
    try:
        remove_attachment(attachment_id=attachment_id, mailing_id=found.pk, by=actor_of(request))
    except NotNowError:
        messages.warning(request, str(NOT_NOW))
        return redirect("mailing", mailing_id=found.pk)
    messages.success(request, _("The attachment is removed."))
    return redirect("mailing-attachments", mailing_id=found.pk)


@permission_required(VIEW)
@require_http_methods(["GET", "HEAD"])
def attachment(request: HttpRequest, mailing_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponseBase:
    """Send an attachment to staff who may read the message."""
    found = attachments_of(find_mailing(mailing_id)).filter(pk=attachment_id).first()
    if found is None:
        raise Http404
    return attachment_response(found)


def _render(request: HttpRequest, found: Mailing, form: AttachmentForm) -> HttpResponse:
    shown = list(attachments_of(found))
    context: dict[str, Any] = {"mailing": found, "form": form, "attachments": shown, "is_full": len(shown) >= MOST}
    return render(request, "panel/mailing/attachments.html", context | {"most": MOST})
