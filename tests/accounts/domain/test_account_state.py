"""One module writes the state of accounts. A reopened account has no session, device or second factor bound to it."""

import ast
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey
from django.test import Client

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.email_change import request_email_change
from egzaminator.accounts.domain.freezing import unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import AccountState, Barred, EmailChangeOutcome, LinkPurpose
from egzaminator.accounts.errors import AccountClosedError, NotFrozenError
from egzaminator.accounts.models import Account, KnownDevice, Link, SecondFactorKey, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import PASSWORD, freeze, frozen, make_account, make_examiner
from tests.helpers.html import words_of
from tests.helpers.links import mailed_token
from tests.helpers.mfa import Device, give_totp, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SOURCES = Path(__file__).parents[3] / "src" / "egzaminator"
WRITER = "accounts/domain/account_state.py"
OWN = {"barred_by", "barred_at", "is_active"}  # and `state`, a name that other models use too

# Foreign keys to an account: those whose rows are deleted when it is reopened, and those whose rows stay, with why.
CLEARED = {
    "mfa.Authenticator.user",
    "account.EmailAddress.user",
    "accounts.SecondFactorKey.account",
    "accounts.KnownDevice.account",
    "accounts.Session.account",
}
KEPT = {
    "accounts.EmailChange.account": "which mailbox can be trusted is read from it; one that waits is stopped",
    "accounts.Profile.account": "what the owner told the board; a change is seen in the changes of details",
    "accounts.ProfileChange.account": "what the board was told, and what a thief changed",
    "accounts.Account.invited_by": "who invited whom opens nothing",
    "accounts.PrivacyNoticeReading.account": "which information clauses were shown in the account",
    "staff.Act.account": "the record of who asked and who confirmed",
    "staff.Act.closed_account": "the record of which account was joined with another",
    "staff.Act.asked_by": "the record of who asked",
    "staff.Act.answered_by": "the record of who confirmed",
    "accounts.Account_groups.account": "what a member of the staff may do is the board's to say",
    "accounts.Account_user_permissions.account": "what a member of the staff may do is the board's to say",
}
# Wagtail's rows hold authorship and preferences in the panel. None of them gives access to an account.
WAGTAIL = ("wagtail", "cms")


def keyed_to_accounts() -> set[str]:
    keys = [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()  # noqa: SLF001 -- public, by Django
        if isinstance(field, ForeignKey) and field.related_model is Account
    ]
    return {f"{key.model._meta.label}.{key.name}" for key in keys}  # noqa: SLF001 -- public, by Django


def test_everything_keyed_to_an_account_is_cleared_or_kept_for_a_reason() -> None:
    others = {name for name in keyed_to_accounts() if not name.startswith(WAGTAIL)}
    assert others == CLEARED | KEPT.keys()
    assert all(KEPT.values())
    assert len(keyed_to_accounts()) >= 25


def bind_everything(account: Account, browser: Client) -> None:
    log_in(browser)
    give_totp(account)
    request_email_change(account=account, email="thief@example.net", password=PASSWORD)
    EmailAddress.objects.create(user=account, email="thief@example.net", verified=True)
    for purpose in (LinkPurpose.RESET, LinkPurpose.FREEZE):
        issue_link(purpose=purpose, subject=account.id, email="thief@example.net", language="pl")


def test_given_back_it_has_nothing_that_the_former_holder_bound_to_it(browser: Client) -> None:
    account = make_account(make_examiner())
    bind_everything(account, browser)
    assert Authenticator.objects.filter(user=account).count() == 2
    old = set(Link.objects.values_list("digest", flat=True))
    freeze(account)

    unfreeze_account(account=account, reason="-", is_agreed=True)

    for model, key in (
        (Authenticator, "user"),
        (EmailAddress, "user"),
        (SecondFactorKey, "account"),
        (KnownDevice, "account"),
    ):
        assert model.objects.filter(**{key: account}).count() == 0, model
    assert Session.objects.filter(account=account).count() == 0
    assert account.email_changes.get().outcome == EmailChangeOutcome.STOPPED
    alive = Link.objects.filter(used_at=None, withdrawn_at=None, digest__in=old)
    assert alive.count() == 0
    account.refresh_from_db()
    assert not account.has_usable_password()
    assert (account.state, account.barred_by, account.barred_at, account.is_active) == ("active", "", None, True)


def test_the_passkey_of_a_thief_logs_in_no_more_and_the_owner_meets_no_factor_of_theirs() -> None:
    account = make_account(make_examiner())
    device, thief = Device(), new_browser()
    log_in(thief)
    add = "/konto/drugi-skladnik/klucz/"
    thief.get(add)
    token = thief.cookies["csrf"].value if "csrf" in thief.cookies else ""
    challenge = thief.post(f"{add}wyzwanie/", {"name": "klucz", "csrfmiddlewaretoken": token}).json()
    thief.post(add, {"name": "klucz", "credential": device.make(challenge), "csrfmiddlewaretoken": token})
    assert Authenticator.objects.filter(user=account, type="webauthn").exists()

    unfreeze_account(account=freeze(account), reason="-", is_agreed=True)
    reset_password(token=mailed_token(EmailKind.ACCOUNT_UNFROZEN, account.email), password="zupelnie-nowe-haslo-2026")

    back = new_browser()
    path = "/konto/logowanie/klucz/"
    challenge = back.post(f"{path}wyzwanie/").json()
    refused = back.post(path, {"credential": device.prove(challenge)})
    assert refused["Location"] == "/konto/logowanie/"
    assert Event.objects.filter(tag=Tag.PASSKEY_REFUSED).count() == 1
    assert back.get("/konto/").status_code == 302
    owner = new_browser()
    assert log_in(owner, secret="zupelnie-nowe-haslo-2026")["Location"] == "/konto/"
    assert "Anna" in words_of(owner.get("/konto/"))


def new_browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, SERVER_NAME="localhost", SERVER_PORT="8000")


# The state ----------------------------------------------------------------------------------------------------------


def writes(tree: ast.AST) -> list[int]:
    """Return the lines that set an account's state: by assignment, in a query, or at creation."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
            lines += [name.lineno for name in names if is_state_of_account(name, node)]
        elif isinstance(node, ast.Call):
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {keyword.arg for keyword in node.keywords}
            is_write = function in {"update", "create", "bulk_create", "bulk_update", "get_or_create", "Account"}
            is_dynamic = function == "setattr" and "account" in ast.dump(node.args[0])
            if is_dynamic or (is_write and (given & OWN or "AccountState" in ast.dump(node))):
                lines.append(node.lineno)
    return lines


def is_state_of_account(name: ast.Attribute, assignment: ast.AST) -> bool:
    """Tell an account's `state` from that of messages and entries, by its values or its owner's name."""
    is_accounts = "AccountState" in ast.dump(assignment) or "account" in ast.dump(name.value)
    return name.attr in OWN or (name.attr == "state" and is_accounts)


def test_the_state_has_one_writer() -> None:
    found = {
        str(path.relative_to(SOURCES)): lines
        for path in sorted(SOURCES.rglob("*.py"))
        if "migrations" not in path.parts and (lines := writes(ast.parse(path.read_text())))
    }
    # renew_hash.py sets, by name, only the columns of a renewed password hash.
    assert found.keys() == {WRITER, "accounts/domain/password_matching.py"}
    assert len(found[WRITER]) >= 6


def test_taking_a_factor_away_and_giving_back_have_one_caller_each() -> None:
    """No other code path may do alone what takes two persons."""
    names = ("reset_second_factor", "unfreeze_account", "begin_correction", "reopen")
    callers: dict[str, set[str]] = {name: set() for name in names}
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in callers:
                    callers[name].add(str(path.relative_to(SOURCES)))
    assert callers == {
        "reset_second_factor": {"staff/domain/act_kinds.py"},
        "unfreeze_account": {"staff/domain/act_kinds.py", "staff/domain/give_back.py"},
        "begin_correction": {"staff/domain/act_kinds.py"},
        "reopen": {"accounts/domain/freezing.py"},
    }


@pytest.mark.parametrize(
    "columns",
    [
        {"is_active": False},
        {"state": "frozen"},
        {"state": "closed", "is_active": False, "barred_by": ""},
        {"barred_by": "link"},
    ],
)
def test_the_database_refuses_a_half_written_state(columns: dict[str, object]) -> None:
    account = make_account(make_examiner())
    with pytest.raises(IntegrityError, match="accounts_state_is_whole"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(**columns)


def test_freezing_again_moves_neither_the_day_nor_by_whom() -> None:
    """Otherwise a thief could freeze the account again a month later, and the thief's mailbox would count as known."""
    account = make_account(make_examiner())
    account_state.freeze(account=account, by=Barred.STAFF)
    since = account.barred_at
    account_state.freeze(account=account, by=Barred.LINK)
    account_state.close(account=account)
    account_state.withdraw_closure(account=account)
    account.refresh_from_db()
    assert (account.state, account.barred_by, account.barred_at) == ("frozen", "death-withdrawn", since)


def test_what_is_closed_is_neither_frozen_nor_reopened() -> None:
    account = make_account(make_examiner())
    with pytest.raises(NotFrozenError):
        account_state.reopen(account=account)
    Account.objects.update(**frozen(AccountState.CLOSED))
    account.refresh_from_db()
    with pytest.raises(AccountClosedError):
        account_state.reopen(account=account)
    with pytest.raises(AccountClosedError):
        account_state.freeze(account=account, by=Barred.LINK)
