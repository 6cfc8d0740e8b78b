"""The section of a person's page with their open forms, the latest e-mails to them, and what became of each."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from egzaminator.accounts.domain.personal_data import accounts_of
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Link
from egzaminator.mail.catalogue import Audience, EmailKind
from egzaminator.mail.domain.caps import MOST_SENDS
from egzaminator.mail.domain.status import Delivery, describe_delivery
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from egzaminator.panel.actions import FormAction, offered
from egzaminator.panel.advice import Advice, advise_on_claim
from egzaminator.panel.person.claim_actions import CLAIM_ACTIONS, RESEND
from egzaminator.panel.person.viewed import Viewed

_MOST_EMAILS: Final = 20
_TO_THE_PERSON: Final = [kind for kind in EmailKind if kind.audience is not Audience.BOARD]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A saved form that waits for its activation, as its block shows it."""

    claim: Claim
    delivery: Delivery | None
    """The latest activation e-mail to the form's present address; None if none was sent there."""
    link_until: datetime.datetime | None
    """When the last of its links that works expires; None if none works."""
    sends_left: int
    advice: Advice
    actions: list[FormAction[Claim]]


def context(request: HttpRequest, viewed: Viewed) -> Mapping[str, object] | None:
    """Return the context of `panel/person/emails.html`: the open forms, and each e-mail with its label and status."""
    related = list(viewed.examiner.claims.values_list("id", flat=True))
    if viewed.account:
        related += [account.id for account in accounts_of(account=viewed.account)]
    found = (
        Email.objects.filter(related_id__in=related, kind__in=_TO_THE_PERSON).select_related("bounce").defer("content")
    )
    emails = list(found.order_by("-created_at", "-id")[: _MOST_EMAILS + 1])
    if not emails and not viewed.open_claims:
        return None
    labels = dict(EmailKind.choices)
    return {
        "forms": _open_forms(request, viewed.open_claims),
        "may_resend": request.user.has_perm(RESEND.permission),
        "emails": [(email, str(labels[email.kind]), describe_delivery(email)) for email in emails[:_MOST_EMAILS]],
        "are_more": len(emails) > _MOST_EMAILS,
    }


def _open_forms(request: HttpRequest, claims: list[Claim]) -> list[OpenForm]:
    """Return the blocks of the open forms, in two queries however many there are."""
    ids = [claim.id for claim in claims]
    sent: dict[tuple[object, str], Email] = {}
    found = Email.objects.filter(related_id__in=ids, kind=EmailKind.ACTIVATION).select_related("bounce")
    for email in found.defer("content"):
        key = (email.related_id, email.email)
        if key not in sent or email.created_at > sent[key].created_at:
            sent[key] = email
    works = Link.objects.filter(
        subject__in=ids,
        purpose=LinkPurpose.ACTIVATE,
        used_at=None,
        withdrawn_at=None,
        expires_at__gt=timezone.now(),
    )
    until = dict(works.values_list("subject").annotate(Max("expires_at")))
    return [_open_form(request, claim, sent.get((claim.id, claim.email)), until.get(claim.id)) for claim in claims]


def _open_form(
    request: HttpRequest, claim: Claim, email: Email | None, link_until: datetime.datetime | None
) -> OpenForm:
    delivery = describe_delivery(email) if email else None
    return OpenForm(
        claim=claim,
        delivery=delivery,
        link_until=link_until,
        sends_left=max(0, MOST_SENDS - claim.sends),
        advice=advise_on_claim(delivery, is_link_valid=link_until is not None),
        actions=offered(request, CLAIM_ACTIONS, claim),
    )
