from functools import partial

import pytest

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkUsedError, LinkWithdrawnError, ResendTooSoonError
from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import correct_email, save_claim
from egzaminator.onboarding.errors import AccountExistsError, ClaimClosedError
from egzaminator.onboarding.models import Claim
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, filled_form, make_account, make_claim, make_examiner, make_grant
from tests.helpers.links import mailed_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ANNA = "anna@example.org"


def test_savings_at_once_in_one_scope_make_one_claim_and_one_mail() -> None:
    examiner = make_examiner()
    save = partial(save_claim, grant=make_grant(examiner), form=filled_form(examiner))
    results = at_once(*[save] * 8)
    claim = Claim.objects.get()
    assert results == [claim] * 8
    assert Email.objects.count() == 1


def test_savings_at_once_in_two_scopes_make_two_claims() -> None:
    examiner = make_examiner()
    form = filled_form(examiner)
    results = at_once(*[partial(save_claim, grant=make_grant(examiner), form=form) for _ in range(2)])
    assert set(results) == set(Claim.objects.all())
    assert Claim.objects.count() == 2


def test_activations_at_once_of_two_claims_make_one_account() -> None:
    examiner = make_examiner()
    emails = [f"a{number}@example.org" for number in range(4)]
    claims = [make_claim(examiner, email=email) for email in emails]
    tokens = [mailed_token(EmailKind.ACTIVATION, email) for email in emails]
    results = at_once(
        *[
            partial(activate_claim, token=token, password=None, proven_claim=claim.id)
            for token, claim in zip(tokens, claims, strict=True)
        ]
    )
    account = Account.objects.get()
    assert [result for result in results if isinstance(result, Account)] == [account]
    losers = {type(result) for result in results if not isinstance(result, Account)}
    assert losers <= {ClaimClosedError, LinkUsedError, LinkWithdrawnError, AccountExistsError}
    assert (
        list(Claim.objects.values_list("outcome", flat=True).order_by("outcome")) == ["activated"] + ["superseded"] * 3
    )


def test_two_clicks_at_once_on_one_link_make_one_account_and_one_notice() -> None:
    claim = make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    at_once(*[partial(activate_claim, token=token, password=None, proven_claim=claim.id)] * 4)
    assert Account.objects.count() == 1
    assert Email.objects.filter(kind=EmailKind.ACTIVATED).count() == 1


def test_a_correction_and_an_activation_at_once_end_in_one_of_the_two() -> None:
    """The account never has the old address after an e-mail was promised to the new one."""
    claim = make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    activated, corrected = at_once(
        partial(activate_claim, token=token, password=None, proven_claim=claim.id),
        partial(correct_email, claim_id=claim.id, email="new@example.org", password=PASSWORD),
    )
    account = Account.objects.first()
    if account is not None:
        assert (account.email, type(corrected)) == (ANNA, ClaimClosedError)
    else:
        assert (type(activated), corrected) == (LinkUsedError, None)


def test_two_clicks_at_once_on_send_again_send_one_mail() -> None:
    claim = make_claim(make_examiner())
    Claim.objects.update(last_sent_at=None)
    results = at_once(*[partial(resend_activation, claim_id=claim.id)] * 4)
    assert results.count(None) == 1
    assert sum(isinstance(result, ResendTooSoonError) for result in results) == 3
    assert Email.objects.count() == 2


def test_two_links_to_a_new_password_at_once_set_one() -> None:
    account = make_account(make_examiner())
    tokens = []
    for _ in range(2):
        url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=ANNA, language="pl")
        tokens.append(url.rstrip("/").rpartition("/")[2])
    results = at_once(*[partial(reset_password, token=token, password=f"new-password-{token}") for token in tokens])
    assert [type(result) for result in results].count(Account) == 1
    assert {type(result) for result in results} <= {Account, LinkUsedError, LinkWithdrawnError}
