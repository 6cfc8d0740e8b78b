"""The question whether an examiner still reads their mailbox, and the page behind the link that proves it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import examiner_required
from egzaminator.accounts.domain.accounts import account_now
from egzaminator.accounts.domain.email_question import (
    Question,
    confirm_arrival,
    confirm_use,
    find_check,
    postpone_question,
    question_of,
    send_email_check,
)
from egzaminator.accounts.errors import LinkError
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, takes
from egzaminator.accounts.views.links import invalid_link, link_page
from egzaminator.core.requests import client_ip, safe_next
from egzaminator.mail.errors import MailsUsedUpError


@require_http_methods(["GET", "HEAD", "POST"])
@examiner_required
@takes(OwnForm(page="email-question"))
def ask(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask whether the address is still the owner's, and take the answer. Any answer leads on."""
    question = question_of(account)
    if request.method == "POST":
        _take_answer(request, account)
    elif question is not None:
        context = {"returns": question is Question.RETURNS, "next": safe_next(request)}
        return render(request, "accounts/email_question.html", context)
    return redirect(safe_next(request) or "my-account")


def _take_answer(request: HttpRequest, account: Account) -> None:
    match request.POST.get("answer"):
        case "yes":
            confirm_use(account=account, email=request.POST.get("email", ""), ip=client_ip(request))
            messages.success(request, _("Thank you."))
        case "link":
            try:
                send_email_check(account=account, ip=client_ip(request))
            except MailsUsedUpError:
                messages.warning(
                    request, _("No more e-mails can be sent today. Wait until tomorrow, or call the board.")
                )
            else:
                text = _("We are sending a link to %(email)s. When you use it, we know that e-mails arrive.")
                messages.success(request, text % {"email": account.email})
        case _:
            postpone_question(account=account)


@link_page
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the mailed link does; do it on POST only."""
    try:
        link = find_check(token=token)
        if request.method == "POST":
            confirm_arrival(token=token, ip=client_ip(request))
            return render(request, "accounts/email_arrives.html", {"is_done": True})
    except LinkError as error:
        return invalid_link(
            request, error, "accounts/invalid_check_link.html", now=account_now(account_id=error.subject)
        )
    return render(request, "accounts/email_arrives.html", {"email": link.email})
