import uuid

from egzaminator.accounts.domain.account_now import AccountNow, account_now
from egzaminator.accounts.models import Account
from egzaminator.onboarding.enums import Closing, FormNow
from egzaminator.onboarding.models import Claim

_BY_ACCOUNT = {AccountNow.ACTIVE: FormNow.ACTIVE, AccountNow.BLOCKED: FormNow.BLOCKED, AccountNow.GONE: FormNow.GONE}


def form_now(*, claim_id: uuid.UUID | None) -> FormNow:
    """Return what became of a form, for whoever opens a link about it.

    It reveals no account but the one that this form became: the opener may be a stranger who filled in the form, and
    must not learn whether the examiner has an account.
    """
    claim = Claim.objects.filter(pk=claim_id).first() if claim_id else None
    if claim is None:
        return FormNow.OVER
    if claim.closing == Closing.ACTIVATED:
        account = Account.objects.filter(examiner=claim.examiner_id).first()
        return _BY_ACCOUNT[account_now(account_id=account.id if account else None)]
    if claim.closing == Closing.STOPPED:
        return FormNow.STOPPED
    return FormNow.WAITING if claim.is_open else FormNow.OVER
