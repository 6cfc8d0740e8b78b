import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.membership import roles_of
from egzaminator.staff.roles import Role
from tests.helpers.links import mailed_token, text_of

pytestmark = pytest.mark.django_db
EMAIL = "jan@oke.example"
PASSWORD = "kasztan-rower-okno-mgla"


def invite(*roles: str, email: str = EMAIL, name: str = "Jan Nowak") -> None:
    given = [word for role in roles for word in ("--role", role)]
    call_command("invite_staff", email, name, *given, verbosity=0)


def test_the_link_sets_the_first_password() -> None:
    invite("pomoc")
    with pytest.raises(RefusedError):
        log_in(name=EMAIL, secret="", ip="192.0.2.1")
    account = reset_password(token=mailed_token(EmailKind.STAFF_INVITATION, EMAIL), password=PASSWORD)
    assert (account.is_staff, account.name) == (True, "Jan Nowak")
    assert log_in(name=EMAIL, secret=PASSWORD, ip="192.0.2.1") == AccountOpened(account)


def test_the_invitation_says_where_the_panel_is_and_that_it_takes_a_second_factor() -> None:
    invite("pomoc")
    with override("pl"):
        text = text_of(Email.objects.get(kind=EmailKind.STAFF_INVITATION))
    assert "/panel/" in text
    assert "klucz dostępu" in text
    assert "24 godziny" in text


def test_the_roles_are_those_that_were_given() -> None:
    invite("administrator", "redakcja", "redakcja")
    account = Account.objects.get(email=EMAIL)
    assert roles_of(account) == [Role.ADMINISTRATOR, Role.EDITOR]
    assert not account.is_superuser
    event = Event.objects.get(tag=Tag.STAFF_INVITED)
    assert (event.subject, event.details) == (account.id, {"roles": ["administrator", "redakcja"]})


@pytest.mark.parametrize("roles", [(), ("szef",)])
def test_nobody_is_invited_without_a_role_that_exists(roles: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="--role"):
        invite(*roles)
    assert not Account.objects.exists()


def test_one_account_an_address() -> None:
    invite("pomoc")
    with pytest.raises(CommandError, match="already"):
        invite("pomoc", email=EMAIL.upper())


@pytest.mark.parametrize(("email", "name"), [("jan", "Jan"), (EMAIL, ""), (EMAIL, "a\0b"), ("", "Jan")])
def test_rubbish_is_refused_in_words(email: str, name: str) -> None:
    with pytest.raises(CommandError):
        invite("pomoc", email=email, name=name)
