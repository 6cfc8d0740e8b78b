import pytest
from allauth.mfa.models import Authenticator

from egzaminator.accounts.models import Account
from tests.helpers.factories import freeze, make_account, make_examiner, make_old, make_staff
from tests.staff.acts import ANNA, KNOWN


@pytest.fixture
def account() -> Account:
    """A frozen account with a second factor. Its owner has two known mailboxes."""
    account = make_old(make_account(make_examiner(numbers=("A/1",), email=KNOWN), email=ANNA))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return freeze(account)


@pytest.fixture
def first() -> Account:
    return make_staff()


@pytest.fixture
def second() -> Account:
    return make_staff(email="ewa@oke.example", name="Ewa Druga")
