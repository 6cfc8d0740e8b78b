import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from egzaminator.accounts.errors import MailsUsedUpError
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.kernel.encryption import encrypt
from egzaminator.kernel.jobs import start_job
from egzaminator.kernel.text import fold
from egzaminator.onboarding.domain.claim_scope import ClaimScope
from egzaminator.onboarding.domain.close_claims import close_claims
from egzaminator.onboarding.domain.lock_claim import require_entry
from egzaminator.onboarding.domain.send_activation import send_activation
from egzaminator.onboarding.enums import Closing
from egzaminator.onboarding.errors import AccountExistsError
from egzaminator.onboarding.models import CLAIM_LIFETIME, Claim, details_context
from egzaminator.register.models import Examiner

MOST_OPEN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A valid form: the password as a hash, the details keyed by the field names of `Details`."""

    email: str
    password_hash: str
    details: dict[str, Any]
    clause_version: str
    language: str


def save_claim(*, scope: ClaimScope, form: FilledForm, address: str | None = None) -> Claim:
    """Save a form as a claim, queue its activation e-mail, and return the claim.

    Take the claim grant under which the form was filled in, the form, and the client's IP address. Two saves under one
    grant, even concurrent ones, make one claim and one e-mail; both return that claim. If 20 claims are open already,
    the one mailed longest ago is closed: to refuse the newest would let whoever knows the PESEL and a number keep the
    examiner out. Raise `AccountExistsError`, or `EntryEndedError` if the entry was struck off, or the death recorded,
    after the number was typed.

    The worker notifies the mailbox that the register knows, if there is one. Done here, it would show in the response
    time whether there is one (side channel).
    """
    with transaction.atomic():
        examiner = Examiner.objects.select_for_update(no_key=True).get(pk=scope.examiner_id)
        saved = Claim.objects.filter(scope_id=scope.id).first()
        if saved is not None:
            return saved
        if Account.objects.filter(examiner=examiner).exists():
            raise AccountExistsError
        require_entry(examiner_id=examiner.id, entry_id=scope.entry_id)
        _make_room(examiner)
        claim = _create(examiner, scope, form)
        record_event(tag=Tag.CLAIM_SAVED, subject=examiner.id, address=address, details={"claim": str(claim.id)})
        start_job(task="onboarding.tell_known_mailboxes")
        # The claim stands even without the e-mail. Its status page says that no more e-mails go out today, and whom to
        # call.
        with suppress(MailsUsedUpError):
            send_activation(claim=claim)
    return claim


def _make_room(examiner: Examiner) -> None:
    open_claims = Claim.objects.filter(examiner=examiner, closed_at__isnull=True, expires_at__gt=timezone.now())
    # Claims that were never mailed are closed first. So the daily cap on e-mails also caps how fast the others are
    # displaced.
    oldest_last = open_claims.order_by(F("last_sent_at").desc(nulls_last=True), "-created_at")
    surplus = oldest_last.values_list("id", flat=True)[MOST_OPEN - 1 :]
    close_claims(claim_ids=list(surplus), closing=Closing.SUPERSEDED)


def _create(examiner: Examiner, scope: ClaimScope, form: FilledForm) -> Claim:
    claim_id = uuid.uuid4()
    now = timezone.now()
    return Claim.objects.create(
        id=claim_id,
        scope_id=scope.id,
        examiner=examiner,
        entry_id=scope.entry_id,
        address=form.email,
        password=form.password_hash,
        details_encrypted=encrypt(json.dumps(form.details, ensure_ascii=False), context=details_context(claim_id)),
        clause_version=form.clause_version,
        language=form.language,
        surname_differs=fold(form.details["surname"]) != fold(examiner.surname),
        created_at=now,
        expires_at=now + CLAIM_LIFETIME,
    )
