import pytest
from django.test import Client

from egzaminator.accounts.models import Account
from tests.accounts.mfa.passkey_browser import new_browser
from tests.helpers.factories import make_account, make_examiner
from tests.helpers.mfa import log_in


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


@pytest.fixture
def owner(account: Account) -> Client:
    """A browser in which the account's owner is logged in, with the host and port that its passkeys are for."""
    owner = new_browser()
    log_in(owner)
    return owner
