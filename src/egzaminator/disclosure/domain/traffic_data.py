from typing import Any

from egzaminator.accounts.domain.about_person import about_person
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.models import Event
from egzaminator.disclosure.domain.records import Record, record
from egzaminator.onboarding.enums import Closing
from egzaminator.onboarding.models import Claim
from egzaminator.post.models import KeptText, Message


def traffic_data(*, account: Account) -> dict[str, list[Record]]:
    """Return what happened around an account, by section: forms, e-mails, links, events. Raise `UndecryptableError`.

    A form that was never activated may have been filled in by somebody else, and its content may be that person's data
    (GDPR, art. 15(4)). So of such a form the export has only when it was saved and how it ended, and its e-mails and
    links lack the recipients' e-mail addresses. For the same reason, events lack the IP addresses of other people.
    """
    about = about_person(account=account)
    claims = Claim.objects.filter(examiner=account.examiner_id).order_by("created_at")
    messages = about.messages.defer("content").select_related("kept").order_by("created_at", "id")
    links = about.links.order_by("created_at", "digest")
    subjects = [subject for subject in (account.id, account.examiner_id) if subject]
    events = Event.objects.filter(subject__in=subjects).order_by("at", "id")
    return {
        "forms": [_form(claim) for claim in claims],
        "messages": [_message(message, is_own=message.about in about.own) for message in messages],
        "links": [_link(link, is_own=link.subject in about.own) for link in links],
        "events": [_event(event, account) for event in events],
    }


def _form(claim: Claim) -> Record:
    known: Record = record(claim, ("created_at", "expires_at", "closed_at", "closing", "clause_version"))
    if claim.closing == Closing.ACTIVATED:
        known |= {"address": claim.address, "details": claim.details}
    return known


def _message(message: Message, *, is_own: bool) -> Record:
    kept: KeptText | None = getattr(message, "kept", None)
    known = record(message, ("kind", "created_at", "state", "accepted_at"))
    if is_own:
        known |= record(message, ("address", "subject"))
    return known | {"text": kept.text if kept else ""}


def _link(link: Link, *, is_own: bool) -> Record:
    known = record(link, ("purpose", "created_at", "expires_at", "used_at", "withdrawn_at"))
    return known | ({"address": link.address} if is_own else {})


def _event(event: Event, account: Account) -> dict[str, Any]:
    is_own = event.actor in (None, account.id)
    return record(event, ("tag", "at", "details")) | {"address": event.address if is_own else None}
