"""The deletion of an account while somebody uses it, in two processes: nothing is left of it."""

import pytest

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import ActKind, LinkPurpose
from egzaminator.accounts.models import Account, Link, Profile
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.models import Claim
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.faults import races
from tests.helpers.factories import make_account, make_claim, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token
from tests.helpers.processes import Racer, in_two_processes
from tests.staff.acts import ANNA, KNOWN, told

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
STRANGER = "obca@example.org"


@pytest.fixture
def claim() -> Claim:
    """Save a form, before there is an account."""
    return make_claim(make_examiner(email=KNOWN), email=STRANGER)


@pytest.fixture
def account(claim: Claim) -> Account:
    return make_old(make_account(claim.examiner, email=ANNA))


@pytest.fixture
def deletion(account: Account) -> dict[str, str]:
    """Ask for the deletion, and return what the process that confirms it is given."""
    inspector = make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    officer = make_staff(email="ewa@oke.example", roles=[Role.RECORDS])
    act = ask(kind=ActKind.DELETE, account=account, reason="Wniosek", member=inspector)
    return {"act": str(act.id), "by": str(officer.id)}


def nothing_is_left(account: Account) -> bool:
    rows = (Profile.objects, Act.objects, Link.objects.filter(purpose=LinkPurpose.RESET))
    return not Account.objects.filter(pk=account.pk).exists() and not any(one.exists() for one in rows)


@pytest.mark.parametrize("reset", [races.reset_late, races.reset_first])
def test_a_new_password_saves_no_account_from_its_deletion(
    account: Account, deletion: dict[str, str], reset: Racer
) -> None:
    link = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=ANNA, language="pl")
    token = str(link).rstrip("/").rpartition("/")[2]
    raised = in_two_processes(races.confirm_deletion, reset, deletion, {"token": token})
    assert (raised[0], raised[1] in {"", "LinkUnknownError", "LinkUsedError"}) == ("", True), raised
    assert nothing_is_left(account)
    assert told(EmailKind.ACCOUNT_DELETED) == {ANNA, KNOWN}


def test_an_old_form_does_not_become_an_account_behind_the_deletion(
    account: Account, claim: Claim, deletion: dict[str, str]
) -> None:
    token = mailed_token(EmailKind.ACTIVATION, STRANGER)
    given = {"token": token, "claim": str(claim.id)}
    raised = in_two_processes(races.confirm_deletion, races.activate_late, deletion, given)
    assert raised[0] == ""
    assert raised[1] in {"AccountExistsError", "ClaimClosedError", "LinkUnknownError", "LinkUsedError"}
    assert nothing_is_left(account)
    assert (Account.objects.exclude(examiner=None).exists(), Claim.objects.exists()) == (False, False)


def test_a_form_that_is_saved_meanwhile_is_the_next_account_or_none(account: Account, deletion: dict[str, str]) -> None:
    given = {"examiner": str(account.examiner_id)}
    raised = in_two_processes(races.confirm_deletion, races.save_form_late, deletion, given)
    assert (raised[0], nothing_is_left(account)) == ("", True)
    assert raised[1] in {"", "AccountExistsError"}
    assert Claim.objects.count() == (raised[1] == "")


def test_a_request_of_a_session_that_was_running_binds_nothing_to_it(
    account: Account, deletion: dict[str, str]
) -> None:
    raised = in_two_processes(races.confirm_deletion, races.use_session, deletion, {"account": str(account.id)})
    assert (raised[0], raised[1] in {"", "SessionInterrupted"}) == ("", True)
    assert nothing_is_left(account)
