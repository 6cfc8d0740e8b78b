"""The view of an account's security history."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.history import list_history
from egzaminator.accounts.history_text import REPEATED, SHOWN, sentence
from egzaminator.accounts.models import Account


class Cursor(forms.Form):
    """The cursor of the history: the last event of the previous page."""

    after = forms.UUIDField(required=False)


@require_http_methods(["GET", "HEAD"])
@account_required
def history(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the security history of an account, newest first, one page at a time."""
    cursor = Cursor(request.GET)
    after = cursor.cleaned_data["after"] if cursor.is_valid() else None
    page = list_history(account=account, tags=SHOWN, repeated=REPEATED, after=after)
    rows = [(item, sentence(tag=item.tag, details=item.details, count=item.count)) for item in page.items]
    return render(request, "accounts/history.html", {"rows": rows, "older": page.older, "is_later_page": after})
