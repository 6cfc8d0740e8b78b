"""The section of a person's page with the latest e-mails to them, and what became of each."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest

from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.status import describe_delivery
from egzaminator.mail.models import Email
from egzaminator.panel.person.viewed import Viewed

_MOST_EMAILS: Final = 10


def context(_request: HttpRequest, viewed: Viewed) -> Mapping[str, object] | None:
    """Return the context of `panel/person/emails.html`: each e-mail with its kind's label and its delivery status."""
    related = [claim.id for claim in viewed.claims] + ([viewed.account.id] if viewed.account else [])
    labels = dict(EmailKind.choices)
    emails = Email.objects.filter(related_id__in=related).order_by("-created_at")[:_MOST_EMAILS]
    return (
        {"emails": [(email, str(labels[email.kind]), describe_delivery(email)) for email in emails]} if emails else None
    )
