"""The view of an e-mail that an account's owner was sent. Their list stands with the mailings (mailings/views.py)."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import OWNER_KINDS
from egzaminator.mail.domain.status import describe_delivery, emails_of


def show_message(request: HttpRequest, account: Account, message_id: uuid.UUID) -> HttpResponse:
    """Show one e-mail to the account's owner, with its text if a copy was kept. Raise `Http404`."""
    emails = emails_of(related_id=account.id, kinds=OWNER_KINDS).select_related("bounce", "sent_copy")
    found = get_object_or_404(emails.defer("content"), pk=message_id)
    copy = getattr(found, "sent_copy", None)
    context = {"message": found, "delivery": describe_delivery(found), "text": copy.text if copy else ""}
    return render(request, "accounts/inbox_email.html", context)
