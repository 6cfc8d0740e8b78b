import pytest
from django.core.management import CommandError, call_command

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.cms.models import BoardSettings
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.membership import roles_of
from egzaminator.staff.roles import Role

pytestmark = pytest.mark.django_db
ARGUMENTS = {
    "email": "sekretariat@oke.example",
    "phone": "22 536 65 00",
    "administrator": "jan@oke.example",
    "name": "Jan Nowak",
}


def open_board(**changed: str) -> None:
    given = ARGUMENTS | changed
    call_command("open_board", *(word for name, value in given.items() for word in (f"--{name}", value)), verbosity=0)


def test_the_board_gets_its_data_and_its_administrator_an_invitation() -> None:
    open_board()
    board = BoardSettings.load()
    assert (board.email, board.phone) == ("sekretariat@oke.example", "22 536 65 00")
    account = Account.objects.get()
    assert (account.email, account.name, roles_of(account)) == ("jan@oke.example", "Jan Nowak", [Role.ADMINISTRATOR])
    # The mailbox that the program is delivered with hears nothing of a board that is not its own.
    assert list(Email.objects.values_list("kind", "email")) == [(EmailKind.STAFF_INVITATION, "jan@oke.example")]
    assert Event.objects.get(tag=Tag.BOARD_CONTACT_CHANGED).details == {"fields": ["email", "phone"]}


def test_once_there_is_staff_it_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    open_board()
    open_board(email="inny@oke.example", administrator="anna@oke.example")
    assert BoardSettings.load().email == "sekretariat@oke.example"
    assert Account.objects.count() == 1
    assert "There is staff already" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"), [("email", "nikt"), ("phone", "dzwoń"), ("administrator", ""), ("name", "")]
)
def test_an_invalid_value_changes_nothing(name: str, value: str) -> None:
    before = BoardSettings.load().email
    with pytest.raises(CommandError):
        open_board(**{name: value})
    assert BoardSettings.load().email == before
    assert not Account.objects.exists()
