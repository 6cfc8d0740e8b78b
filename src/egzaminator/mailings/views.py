"""Mailings in "My account": reading them, and choosing what comes by e-mail."""

import uuid
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required, examiner_required
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, takes
from egzaminator.accounts.views import inbox
from egzaminator.accounts.views.links import link_page
from egzaminator.audit.actor import Actor, actor_of
from egzaminator.core.paging import cursor_of, number_cursor_of
from egzaminator.core.requests import client_ip
from egzaminator.core.typed_text import with_typed_text
from egzaminator.mail.catalogue import OWNER_KINDS
from egzaminator.mail.domain.status import list_emails
from egzaminator.mailings.attachment_response import attachment_response
from egzaminator.mailings.domain.attachments import attachments_of, readable_attachment
from egzaminator.mailings.domain.preferences import choose, preference_of, turn_informational
from egzaminator.mailings.domain.reading import blocks_for, list_readable, mark_read, readable_by
from egzaminator.mailings.domain.unsubscribe import examiner_of_token
from egzaminator.mailings.forms import PreferenceForm
from egzaminator.register.models import Examiner

_NEWEST: Final = 10


@require_http_methods(["GET", "HEAD"])
@account_required
def all_messages(request: HttpRequest, account: Account) -> HttpResponse:
    """List what the board has written: the newest mailings, and all e-mails of the service by pages."""
    after = cursor_of(request)
    context: dict[str, object] = {"page": list_emails(related_id=account.id, kinds=OWNER_KINDS, after=after)}
    if account.examiner is not None and after is None:
        context["mailings"] = list_readable(examiner=account.examiner, after=None, size=_NEWEST)
    return render(request, "mailings/inbox.html", context)


@require_http_methods(["GET", "HEAD"])
@examiner_required
def all_mailings(request: HttpRequest, account: Account) -> HttpResponse:
    """List all mailings to the examiner, the newest first, in pages."""
    page = list_readable(examiner=_examiner(account), after=number_cursor_of(request))
    return render(request, "mailings/mailings.html", {"page": page})


@require_http_methods(["GET", "HEAD"])
@account_required
def message(request: HttpRequest, account: Account, message_id: uuid.UUID) -> HttpResponse:
    """Show a mailing to the examiner it is for, who has read it from now on; or one of the service's e-mails."""
    found = account.examiner and readable_by(account.examiner).filter(mailing=message_id).first()
    if not found or account.examiner is None:
        return inbox.show_message(request, account, message_id)
    context = {
        "mailing": found.mailing,
        "recipient": found,
        "blocks": blocks_for(recipient=found, examiner=account.examiner),
        "attachments": attachments_of(found.mailing),
    }
    if request.method == "GET":
        mark_read(recipient=found)
    return render(request, "mailings/mailing.html", context)


@require_http_methods(["GET", "HEAD"])
@account_required
def attachment(
    request: HttpRequest, account: Account, message_id: uuid.UUID, attachment_id: uuid.UUID
) -> HttpResponseBase:
    """Send an attachment of a mailing that the examiner reads."""
    found = readable_attachment(examiner=_examiner(account), mailing_id=message_id, attachment_id=attachment_id)
    if found is None:
        raise Http404
    return attachment_response(found)


@require_http_methods(["GET", "HEAD", "POST"])
@examiner_required
@takes(OwnForm(typed=PreferenceForm, title=gettext_lazy("How the board writes to you"), button=gettext_lazy("Save")))
def preferences(request: HttpRequest, account: Account) -> HttpResponse:
    """Let an examiner choose how they are addressed, and whether informational messages come by e-mail."""
    examiner = _examiner(account)
    now = preference_of(examiner=examiner)
    initial = {"salutation": now.salutation, "informational": now.informational_off_at is None}
    form = with_typed_text(PreferenceForm(request.POST or None, initial=initial), request)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        is_changed = choose(
            examiner=examiner,
            salutation=chosen["salutation"],
            informational=chosen["informational"],
            by=actor_of(request),
        )
        messages.success(request, _("Saved.") if is_changed else _("Nothing was changed."))
        return redirect("messages")
    return render(request, "mailings/preferences.html", {"form": form})


@csrf_exempt  # the token in the URL is the permission, and mail programs send this without a session (RFC 8058)
@link_page
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Turn informational e-mails off by the link in one of them: by a button, or one click of a mail program."""
    examiner_id = examiner_of_token(token)
    if examiner_id is None:
        return render(request, "mailings/unsubscribe.html", {"is_unknown": True}, status=404)
    if request.method == "POST":
        account = Account.objects.filter(examiner_id=examiner_id).first()
        subject = account.pk if account else examiner_id
        turn_informational(examiner_id=examiner_id, on=False, by=Actor(None, client_ip(request)), subject=subject)
    return render(request, "mailings/unsubscribe.html", {"is_done": request.method == "POST"})


def _examiner(account: Account) -> Examiner:
    if account.examiner is None:
        raise Http404
    return account.examiner
