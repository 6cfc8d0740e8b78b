"""The activation of a claim, which turns it into an account, and the e-mail for it sent again."""

import uuid

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from egzaminator.accounts.domain.links import find_link, issue_freeze_link, use_link
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import queue_activated
from egzaminator.mail.domain.caps import committed_if_capped
from egzaminator.mail.domain.render import public_url
from egzaminator.onboarding.domain.activation_email import send_activation
from egzaminator.onboarding.domain.claims import PASSWORD_BY_LINK, close_claims, lock_claim, prove_claim, require_entry
from egzaminator.onboarding.enums import ClaimOutcome, ResendReason
from egzaminator.onboarding.errors import AccountExistsError
from egzaminator.onboarding.models import Claim


def resend_activation(
    *, claim_id: uuid.UUID, reason: ResendReason = ResendReason.ASKED_FOR, ip: str | None = None
) -> None:
    """Send a claim's activation e-mail once more.

    The event carries the client's IP address. Raise `ClaimClosedError`, `ResendTooSoonError` or `MailsUsedUpError`.
    """
    with committed_if_capped():
        claim = lock_claim(claim_id=claim_id)
        send_activation(claim=claim, reason=reason)
        record_event(tag=Tag.CLAIM_MAIL_RESENT, subject=claim.examiner_id, by=Actor(ip=ip))


def activate_claim(
    *, token: str, password: str | None, proven_claim: uuid.UUID | None = None, ip: str | None = None
) -> Account:
    """Create the account of a claim, by its mailed link and by proof of the form's password; return the account.

    The link proves the mailbox, the password proves the form. Neither a stranger's form sent to the owner's mailbox nor
    a stranger's mailbox alone makes an account. `password` is as typed. `proven_claim` is the claim that this browser
    has already proven, by saving it or by logging in to it; a link about that claim needs no password. The event
    carries the client's IP address. The first activation of an examiner wins; it closes the other open
    claims as superseded.

    Raise a subclass of `LinkError`, `WrongPasswordError`, `LimitReachedError` (too many wrong passwords),
    `OverloadError`, `ClaimClosedError`, `AccountExistsError`, or `EntryEndedError` if the entry was struck off, or
    the death recorded, after the form was saved.
    """
    link = find_link(purpose=LinkPurpose.ACTIVATE, token=token)
    if link.subject != proven_claim:
        prove_claim(
            claim_id=link.subject,
            password=password or "",
            limit=PASSWORD_BY_LINK,
            refused=Tag.ACTIVATION_REFUSED,
            ip=ip,
        )
    try:
        with transaction.atomic():
            claim = lock_claim(claim_id=link.subject)
            require_entry(examiner_id=claim.examiner_id, entry_id=claim.entry_id)
            use_link(link=link)
            account = _create_account(claim)
            _close_all(claim)
            record_event(
                tag=Tag.ACCOUNT_ACTIVATED, subject=account.id, by=Actor(ip=ip), details={"claim": str(claim.id)}
            )
            _notify(claim, account)
    except IntegrityError:
        raise AccountExistsError from None
    return account


def _create_account(claim: Claim) -> Account:
    account = Account.objects.create(
        examiner=claim.examiner, email=claim.email, password=claim.password, language=claim.language
    )
    account.privacy_notice_readings.create(version=claim.privacy_notice_version, read_at=claim.created_at)
    # A difference of surnames that staff accepted in the form is accepted in the account.
    accepted = claim.examiner.surname if claim.surname_differs and not claim.needs_review else ""
    Profile.objects.create(account=account, accepted_surname=accepted, **claim.details)
    return account


def _close_all(claim: Claim) -> None:
    others = Claim.objects.filter(examiner=claim.examiner, closed_at__isnull=True).exclude(pk=claim.pk)
    close_claims(claim_ids=list(others.values_list("id", flat=True)), outcome=ClaimOutcome.SUPERSEDED)
    Claim.objects.filter(pk=claim.pk).update(
        closed_at=timezone.now(), outcome=ClaimOutcome.ACTIVATED, needs_review=False
    )


def _notify(claim: Claim, account: Account) -> None:
    """Notify the account's mailbox, and the one that the register knows if it differs, of the activation."""
    with translation.override(account.language):
        login = public_url(reverse("login"))
    mailboxes = {email.casefold(): email for email in (claim.examiner.email, account.email) if email}
    for mailbox in mailboxes.values():
        queue_activated(
            account_id=account.id,
            to=recipient_of(account, mailbox),
            freeze=issue_freeze_link(account=account, mailbox=mailbox),
            login=login,
            activated_at=account.created_at,
        )
