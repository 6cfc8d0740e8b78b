"""The page after a log-in that shows a new version of the information clause once."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.domain.privacy_notice import is_notice_unread, record_reading, unread_notice
from egzaminator.accounts.models import Account
from egzaminator.core.requests import client_ip

_NEXT: Final = "privacy-notice.next"


def by_way_of_notice(request: HttpRequest, account: Account, response: HttpResponse) -> HttpResponse:
    """Return the response to a complete log-in, by way of the page with the clause if the examiner is to be shown it.

    Where they were going is kept in the session. Other pages stay open: the clause is read, not consented to, and who
    leaves without the button is shown it again after the next log-in.
    """
    if not is_notice_unread(account=account):
        return response
    request.session[_NEXT] = response["Location"]
    response["Location"] = reverse("privacy-notice")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def privacy_notice(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the version that the examiner has not been shown; on POST, record the one that the page showed and go on.

    If a newer version was published meanwhile, it is shown next.
    """
    if request.method == "POST":
        record_reading(account=account, version=request.POST.get("version", ""), ip=client_ip(request))
    notice = unread_notice(account=account)
    if notice is None:
        return redirect(request.session.pop(_NEXT, reverse("my-account" if account.is_examiner else "panel")))
    if request.method == "POST":
        return redirect("privacy-notice")
    return render(request, "accounts/privacy_notice.html", {"notice": notice})
