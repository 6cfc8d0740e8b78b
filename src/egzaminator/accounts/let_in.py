from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from egzaminator.accounts.models import Account


def let_in(request: HttpRequest, account: Account, *, to: str) -> HttpResponse:
    """Log in the person who has just activated an account, and redirect to the path `to` of this site.

    The log-in is recorded and its notices are sent as for every log-in. But nobody has given a password in this
    session, so what requires reauthentication still asks for it.
    """
    response: HttpResponse = perform_login(request, account, email_verification="none", redirect_url=to)
    return response
