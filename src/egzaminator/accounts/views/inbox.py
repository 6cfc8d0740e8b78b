"""Views of the e-mails that an account's owner was sent."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.models import Account
from egzaminator.core.paging import cursor_of
from egzaminator.mail.catalogue import OWNER_KINDS
from egzaminator.mail.domain.status import describe_delivery, emails_of, list_emails


@require_http_methods(["GET", "HEAD"])
@account_required
def messages(request: HttpRequest, account: Account) -> HttpResponse:
    """List the e-mails to the account's owner, newest first, one page at a time."""
    page = list_emails(related_id=account.id, kinds=OWNER_KINDS, after=cursor_of(request))
    return render(request, "accounts/inbox.html", {"page": page})


@require_http_methods(["GET", "HEAD"])
@account_required
def message(request: HttpRequest, account: Account, message_id: uuid.UUID) -> HttpResponse:
    """Show one e-mail to the account's owner, with its text if a copy was kept."""
    emails = emails_of(related_id=account.id, kinds=OWNER_KINDS).select_related("bounce", "sent_copy")
    found = get_object_or_404(emails.defer("content"), pk=message_id)
    copy = getattr(found, "sent_copy", None)
    context = {"message": found, "delivery": describe_delivery(found), "text": copy.text if copy else ""}
    return render(request, "accounts/inbox_email.html", context)
