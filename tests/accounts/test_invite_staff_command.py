import pytest
from django.core.management import CommandError, call_command

from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.links import mailed_token

pytestmark = pytest.mark.django_db
EMAIL = "jan@oke.example"
PASSWORD = "kasztan-rower-okno-mgla"


def test_the_link_sets_the_first_password() -> None:
    call_command("invite_staff", EMAIL, "Jan Nowak", verbosity=0)
    with pytest.raises(RefusedError):
        log_in(name=EMAIL, secret="", ip="192.0.2.1")
    account = reset_password(token=mailed_token(EmailKind.RESET, EMAIL), password=PASSWORD)
    assert (account.is_staff, account.name) == (True, "Jan Nowak")
    assert log_in(name=EMAIL, secret=PASSWORD, ip="192.0.2.1") == AccountOpened(account)


def test_one_account_an_address() -> None:
    call_command("invite_staff", EMAIL, "Jan Nowak", verbosity=0)
    with pytest.raises(CommandError, match="already"):
        call_command("invite_staff", EMAIL.upper(), "Jan Nowak", verbosity=0)


@pytest.mark.parametrize(("email", "name"), [("jan", "Jan"), (EMAIL, ""), (EMAIL, "a\0b"), ("", "Jan")])
def test_rubbish_is_refused_in_words(email: str, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("invite_staff", email, name, verbosity=0)
