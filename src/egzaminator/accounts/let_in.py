from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from egzaminator.accounts.models import Account


def let_in(request: HttpRequest, account: Account, *, to: str) -> HttpResponse:
    """Log in whoever has just activated an account, and lead to an address of ours.

    It is recorded and told like every log-in. But nobody has given a password in this session: what asks for a proof
    that it is still the same person asks for it.
    """
    response: HttpResponse = perform_login(request, account, email_verification="none", redirect_url=to)
    return response
