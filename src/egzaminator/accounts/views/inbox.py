"""Views of the e-mails that an account's owner was sent."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.models import Account
from egzaminator.mail.domain.status import list_emails, owners_emails


class Cursor(forms.Form):
    """The cursor of the list: the last e-mail of the previous page."""

    after = forms.UUIDField(required=False)


@require_http_methods(["GET", "HEAD"])
@account_required
def messages(request: HttpRequest, account: Account) -> HttpResponse:
    """List the e-mails to the account's owner, newest first, one page at a time."""
    cursor = Cursor(request.GET)
    after = cursor.cleaned_data["after"] if cursor.is_valid() else None
    page = list_emails(related_id=account.id, after=after)
    return render(request, "accounts/inbox.html", {"page": page, "is_later_page": after})


@require_http_methods(["GET", "HEAD"])
@account_required
def message(request: HttpRequest, account: Account, message_id: uuid.UUID) -> HttpResponse:
    """Show one e-mail to the account's owner, with its text if a copy was kept."""
    found = get_object_or_404(
        owners_emails(related_id=account.id).defer("content").select_related("kept"), pk=message_id
    )
    kept = getattr(found, "kept", None)
    return render(request, "accounts/inbox_email.html", {"message": found, "text": kept.text if kept else ""})
