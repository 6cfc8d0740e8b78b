"""The views of an account's security history, and of who looked at the account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.history import list_history, list_looks
from egzaminator.accounts.history_text import REPEATED, SHOWN, role_of, sentence
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.core.paging import cursor_of


@require_http_methods(["GET", "HEAD"])
@account_required
def history(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the security history of an account, newest first, one page at a time."""
    page = list_history(account=account, tags=SHOWN, repeated=REPEATED, after=cursor_of(request))
    rows = [(item, sentence(tag=item.tag, details=item.details, count=item.count)) for item in page.rows]
    return render(request, "accounts/history.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "HEAD"])
@account_required
def looks(request: HttpRequest, account: Account) -> HttpResponse:
    """Show when staff saw what is held about the owner, and in which role, newest first, one page at a time."""
    page = list_looks(account=account, after=cursor_of(request))
    rows = [(event.at, role_of(details=event.details), Tag(event.tag).label) for event in page.rows]
    return render(request, "accounts/looks.html", {"rows": rows, "page": page})
