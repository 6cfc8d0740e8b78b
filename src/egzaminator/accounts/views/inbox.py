"""The view of an e-mail that an account's owner was sent. Their list stands with the mailings (mailings/views.py)."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import OWNER_KINDS
from egzaminator.mail.domain.status import emails_of


def show_message(request: HttpRequest, account: Account, message_id: uuid.UUID) -> HttpResponse:
    """Show one e-mail to the account's owner, with its text if a copy was kept. Raise `Http404`."""
    found = get_object_or_404(
        emails_of(related_id=account.id, kinds=OWNER_KINDS).defer("content").select_related("sent_copy"), pk=message_id
    )
    copy = getattr(found, "sent_copy", None)
    return render(request, "accounts/inbox_email.html", {"message": found, "text": copy.text if copy else ""})
