import ast
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.exceptions import SessionInterrupted

import egzaminator
from egzaminator.accounts import domain
from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.domain.codes import make_recovery_codes
from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.mfa import add_passkey, add_totp, remove_totp
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, ProfileChange
from tests.helpers.factories import make_account, make_examiner
from tests.helpers.mfa import SECRET, give_totp, totp_code

pytestmark = pytest.mark.django_db
SOURCE = Path(egzaminator.__path__[0])


def reset(account: Account) -> None:
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=account.email, language="pl")
    reset_password(token=url.rstrip("/").rpartition("/")[2], password="zupelnie-nowe-haslo-2026")


# Use cases that wait for the account's lock, with the account as the request had read it.
ADDS = {
    "add_totp": lambda account: add_totp(account=account, secret=SECRET, code=totp_code()),
    "add_passkey": lambda account: add_passkey(account=account, name="klucz", credential={}),
    "change_details": lambda account: change_details(account=account, details={"phone": "+48600000000"}),
}
TAKES = {
    "make_recovery_codes": lambda account: make_recovery_codes(account=account),
    "_remove": lambda account: remove_totp(account=account),
}


@pytest.mark.parametrize("end", [reset, partial(freeze_by_staff, reason="-")], ids=["new password", "frozen"])
@pytest.mark.parametrize("name", [*ADDS, *TAKES])
def test_nothing_outlives_a_new_password_or_a_freeze(name: str, end: Callable[..., None]) -> None:
    account = make_account(make_examiner())
    if name in TAKES:
        give_totp(account)
    before = list(Authenticator.objects.order_by("id").values())
    as_it_was = Account.objects.get(pk=account.pk)
    end(account=account)
    with pytest.raises(SessionInterrupted):
        (ADDS | TAKES)[name](as_it_was)
    assert list(Authenticator.objects.order_by("id").values()) == before
    assert not ProfileChange.objects.exists()


def test_whoever_locks_an_account_for_a_session_looks_whether_it_was_overtaken() -> None:
    locks: dict[str, set[str]] = {}
    for path in Path(domain.__path__[0]).glob("*.py"):
        for function in ast.parse(path.read_text()).body:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("lock_"):
                    assert isinstance(function, ast.FunctionDef)
                    locks.setdefault(node.func.id, set()).add(function.name)
    assert locks.pop("lock_account") == {
        "lock_unchanged",
        # By a mailed link, by staff, or at night: independent of the owner's sessions.
        "lock_linked_account", "freeze_by_staff", "unfreeze_account", "reset_second_factor",
        "confirm_email", "confirm_correction", "delete_account", "_lock", "_locked", "accept_not_me",
        "confirm_arrival",
        # They record an answer to a question, and change no address.
        "confirm_use", "postpone_question", "send_email_check",
        # They add nothing to the account: at most an e-mail to a mailbox that was asked for with the password.
        "resend_email_change", "cancel_email_change",
    }  # fmt: skip
    assert locks == {
        "lock_linked_account": {"reset_password", "freeze_by_link"},
        "lock_own": {*ADDS, *TAKES},
        "lock_proven": {"request_email_change", "change_password"},
        "lock_unchanged": {"lock_own", "lock_proven"},
    }


def locked_model(call: ast.Call) -> str:
    """Return the name that a chain of calls such as `Account.objects.filter(…).select_for_update()` begins with."""
    node: ast.expr = call
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def row_locks() -> set[tuple[str, str]]:
    """Return the file and the model (or queryset) of every row lock in the program."""
    return {
        (str(path.relative_to(SOURCE)), locked_model(node))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "select_for_update"
    }


def test_accounts_are_locked_in_one_place() -> None:
    locks = row_locks()
    assert {path for path, model in locks if model == "Account"} == {"accounts/domain/locks.py"}
    # A queryset in a variable would hide its model from this test.
    assert {lock for lock in locks if not lock[1][0].isupper()} == {("accounts/domain/sessions.py", "ended")}
