"""Claims, the saved forms of first logins: saving, correcting, stopping, closing."""

import datetime
import json
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from egzaminator.accounts.domain.accounts import AccountNow, account_now
from egzaminator.accounts.domain.links import find_link, use_link, withdraw_links
from egzaminator.accounts.domain.password_matching import hash_password, prove_password
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.encryption import encrypt
from egzaminator.core.text import fold
from egzaminator.mail.catalogue import queue_claim_stopped
from egzaminator.mail.domain.caps import committed_if_capped
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.onboarding.domain.activation_email import send_activation
from egzaminator.onboarding.domain.grant import ClaimGrant
from egzaminator.onboarding.enums import ClaimOutcome, FormNow
from egzaminator.onboarding.errors import AccountExistsError, ClaimClosedError, CorrectionsUsedUpError, EntryEndedError
from egzaminator.onboarding.models import CLAIM_LIFETIME, Claim, details_context
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.register.domain.locks import hold_examiner
from egzaminator.register.models import Entry, Examiner
from egzaminator.runtime.jobs import start_job

MOST_OPEN: Final = 20
MOST_CORRECTIONS: Final = 3
# Password hashes for one claim grant. A password that was valid comes back encrypted and is not hashed again.
HASHES_OF_GRANT: Final = Limit("claim.hashes", most=20, period=datetime.timedelta(hours=1))
# Attempts at a form's password: by whoever has its link, and by whoever has its status page. The counters are separate,
# so that a stranger who receives a misaddressed e-mail cannot keep the owner from correcting the address.
PASSWORD_BY_LINK: Final = Limit("claim.password-by-link", most=10, period=datetime.timedelta(hours=1))
PASSWORD_BY_STATUS: Final = Limit("claim.password-by-status", most=10, period=datetime.timedelta(hours=1))


def lock_claim(*, claim_id: uuid.UUID) -> Claim:
    """Lock the examiner of a claim; return the claim, open, as it is under that lock.

    Everything that changes claims locks the examiner first. So saves, corrections and activations of one examiner run
    one after the other, and no two of them deadlock. None of them waits for an import (`register.domain.locks`). Raise
    `ClaimClosedError` if the claim is closed, expired or unknown.
    """
    found = Claim.objects.filter(pk=claim_id).only("examiner_id").first()
    if found is None:
        raise ClaimClosedError
    while True:
        hold_examiner(examiner_id=found.examiner_id)
        claim = Claim.objects.select_related("examiner").filter(pk=claim_id).first()
        if claim is None:  # deleted with its examiner's account meanwhile
            raise ClaimClosedError
        if claim.examiner_id == found.examiner_id:
            break
        found = claim  # its examiner was joined into another meanwhile
    if not claim.is_open:
        raise ClaimClosedError
    return claim


def require_entry(*, examiner_id: uuid.UUID, entry_id: int) -> None:
    """Raise `EntryEndedError` unless the entry that a first login used still permits one.

    It must be an active entry of the given examiner, and the examiner must not be recorded as deceased. An entry that
    is gone was taken back with the import that it came by. The caller's transaction must have locked the examiner. An
    import that is just striking the entry off counts as coming after this.
    """
    entry = Entry.objects.select_related("examiner").filter(pk=entry_id, examiner_id=examiner_id).first()
    if entry is None or not entry.is_active or entry.examiner.deceased_on is not None:
        raise EntryEndedError


def close_claims(*, claim_ids: Collection[uuid.UUID], outcome: ClaimOutcome) -> None:
    """Close the given claims that are still open, and withdraw the links of all of them.

    Withdrawn are the links that activate and the links that stop a claim. Runs in the caller's transaction.
    """
    if not claim_ids:
        return
    Claim.objects.filter(id__in=claim_ids, closed_at__isnull=True).update(
        closed_at=timezone.now(), outcome=outcome, needs_review=outcome == ClaimOutcome.STOPPED
    )
    withdraw_links(subjects=claim_ids, purposes=[LinkPurpose.ACTIVATE, LinkPurpose.STOP_CLAIM])


_STOPPED = {ClaimOutcome.STOPPED: FormNow.STOPPED, ClaimOutcome.WITHDRAWN: FormNow.WITHDRAWN}
_BY_ACCOUNT = {AccountNow.ACTIVE: FormNow.ACTIVE, AccountNow.BLOCKED: FormNow.BLOCKED, AccountNow.GONE: FormNow.GONE}


def form_now(*, claim_id: uuid.UUID | None) -> FormNow:
    """Return what became of a form, for whoever opens a link about it.

    It reveals no account but the one that this form became: the opener may be a stranger who filled in the form, and
    must not learn whether the examiner has an account.
    """
    claim = Claim.objects.filter(pk=claim_id).first() if claim_id else None
    if claim is None:
        return FormNow.OVER
    if claim.outcome == ClaimOutcome.ACTIVATED:
        account = Account.objects.filter(examiner=claim.examiner_id).first()
        return _BY_ACCOUNT[account_now(account_id=account.id if account else None)]
    if claim.outcome in _STOPPED:
        return _STOPPED[ClaimOutcome(claim.outcome)]
    return FormNow.WAITING if claim.is_open else FormNow.OVER


def hash_for_form(*, password: str, salt: str, grant_id: uuid.UUID) -> str:
    """Return the hash of a password typed into a first login's form, with the examiner's salt; count it.

    A hash is expensive, and a form's mark never expires and works in any browser. So the hashes of one claim grant are
    rate-limited. Raise `LimitReachedError` or `OverloadError`.
    """
    hit(limit=HASHES_OF_GRANT, of=str(grant_id))
    return hash_password(password=password, salt=salt)


def prove_claim(*, claim_id: uuid.UUID, password: str, limit: Limit, refused: Tag, ip: str | None) -> None:
    """Check the password of a saved form, and record the result, right or wrong, as an event.

    `limit` is the rate limit on attempts, and `refused` the tag for the event of a wrong password. The event carries
    the client's IP address. Raise `WrongPasswordError` (also for an unknown claim), `LimitReachedError` or
    `OverloadError`.
    """
    hit(limit=limit, of=str(claim_id))
    claim = Claim.objects.filter(pk=claim_id).only("password", "examiner_id").first()
    prove_password(
        password=password,
        hashes=[claim.password] if claim else [],
        subject=claim.examiner_id if claim else None,
        accepted=Tag.CLAIM_PROVEN,
        refused=refused,
        by=Actor(ip=ip),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A valid form: the password as a hash, the details keyed by the field names of `Details`."""

    email: str
    password_hash: str
    details: dict[str, Any]
    privacy_notice_version: str
    language: str


def save_claim(*, grant: ClaimGrant, form: FilledForm, ip: str | None = None) -> Claim:
    """Save a form as a claim, queue its activation e-mail, and return the claim.

    `grant` is the one under which the form was filled in. The event carries the client's IP address. Two saves under
    one grant, even concurrent ones, make one claim and one e-mail; both return that claim. If 20 claims are open
    already, the one mailed longest ago is closed: to refuse the newest would let whoever knows the PESEL and a number
    keep the examiner out. Raise `AccountExistsError`, or `EntryEndedError` if the entry was struck off, or the death
    recorded, after the number was typed.

    The worker notifies the mailbox that the register knows, if there is one. Done here, it would show in the response
    time whether there is one (side channel).
    """
    with transaction.atomic():
        examiner = hold_examiner(examiner_id=grant.examiner_id)
        saved = Claim.objects.filter(grant_id=grant.id).first()
        if saved is not None:
            return saved
        if Account.objects.filter(examiner=examiner).exists():
            raise AccountExistsError
        require_entry(examiner_id=examiner.id, entry_id=grant.entry_id)
        _make_room(examiner)
        claim = _create(examiner, grant, form)
        record_event(tag=Tag.CLAIM_SAVED, subject=examiner.id, by=Actor(ip=ip), details={"claim": str(claim.id)})
        start_job(task="onboarding.notify_known_mailboxes")
        # The claim stands even without the e-mail. Its status page says that no more e-mails go out today, and whom to
        # call.
        with suppress(MailsUsedUpError):
            send_activation(claim=claim)
    return claim


def correct_email(*, claim_id: uuid.UUID, email: str, password: str, ip: str | None = None) -> None:
    """Change a claim's e-mail address, withdraw the links sent to the old one, and send a new activation e-mail.

    `password` is the one chosen in the form, as typed. The events carry the client's IP address. Raise
    `WrongPasswordError`, `LimitReachedError` (too many wrong passwords), `OverloadError`, `ClaimClosedError` or
    `CorrectionsUsedUpError`. Raise `MailsUsedUpError` if the address was corrected, but a cap on e-mails stopped the
    activation e-mail.
    """
    # Outside the transaction: a password hash is too slow to hold row locks meanwhile.
    prove_claim(claim_id=claim_id, password=password, limit=PASSWORD_BY_STATUS, refused=Tag.CLAIM_REFUSED, ip=ip)
    with committed_if_capped():
        claim = lock_claim(claim_id=claim_id)
        if claim.corrections >= MOST_CORRECTIONS:
            raise CorrectionsUsedUpError
        claim.corrections += 1
        claim.save(update_fields=["corrections"])
        record_event(tag=Tag.CLAIM_EMAIL_CORRECTED, subject=claim.examiner_id, by=Actor(ip=ip))
        set_claim_email(claim=claim, email=email)


def set_claim_email(*, claim: Claim, email: str) -> None:
    """Give a claim another e-mail address, withdraw the links sent to the old one, and send the activation e-mail.

    The mailbox that the register knows is told, if this address is another. The caller's transaction has locked the
    claim's examiner. Raise `MailsUsedUpError` if a cap on e-mails stopped the activation e-mail; the address is
    changed then.
    """
    claim.email = email
    claim.needs_notice = True
    claim.save(update_fields=["email", "needs_notice"])
    withdraw_links(subjects=[claim.id], purposes=[LinkPurpose.ACTIVATE])
    start_job(task="onboarding.notify_known_mailboxes")
    send_activation(claim=claim)


def stop_claim(*, token: str, ip: str | None = None) -> None:
    """Stop a claim by the link sent to the mailbox that the register knows, and notify the board.

    Staff then look at the claim. The event carries the client's IP address. Raise a subclass of `LinkError`, or
    `ClaimClosedError`.
    """
    link = find_link(purpose=LinkPurpose.STOP_CLAIM, token=token)
    with transaction.atomic():
        claim = lock_claim(claim_id=link.subject)
        use_link(link=link)
        close_claims(claim_ids=[claim.id], outcome=ClaimOutcome.STOPPED)
        queue_claim_stopped(claim_id=claim.id, name=claim.examiner.name)
        record_event(
            tag=Tag.CLAIM_STOPPED, subject=claim.examiner_id, by=Actor(ip=ip), details={"claim": str(claim.id)}
        )


def _make_room(examiner: Examiner) -> None:
    open_claims = Claim.objects.filter(examiner=examiner, closed_at__isnull=True, expires_at__gt=timezone.now())
    # Claims that were never mailed are closed first. So the daily cap on e-mails also caps how fast the others are
    # displaced.
    oldest_last = open_claims.order_by(F("last_sent_at").desc(nulls_last=True), "-created_at")
    surplus = oldest_last.values_list("id", flat=True)[MOST_OPEN - 1 :]
    close_claims(claim_ids=list(surplus), outcome=ClaimOutcome.SUPERSEDED)


def _create(examiner: Examiner, grant: ClaimGrant, form: FilledForm) -> Claim:
    claim_id = uuid.uuid4()
    now = timezone.now()
    surname_differs = fold(form.details["surname"]) != fold(examiner.surname)
    return Claim.objects.create(
        id=claim_id,
        grant_id=grant.id,
        examiner=examiner,
        entry_id=grant.entry_id,
        email=form.email,
        password=form.password_hash,
        details_encrypted=encrypt(json.dumps(form.details, ensure_ascii=False), context=details_context(claim_id)),
        privacy_notice_version=form.privacy_notice_version,
        language=form.language,
        surname_differs=surname_differs,
        needs_review=surname_differs,
        created_at=now,
        expires_at=now + CLAIM_LIFETIME,
    )
