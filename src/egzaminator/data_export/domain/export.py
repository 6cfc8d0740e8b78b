"""Everything that the service holds about an examiner, under stable names (GDPR, art. 15 and 20)."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.domain.personal_data import (
    about_examiner,
    accounts_of,
    deleted_accounts_of,
    subjects_of,
)
from egzaminator.accounts.models import Account, Details, KnownDevice, Link, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.board import current_board
from egzaminator.data_export.domain.imports import imports_of
from egzaminator.data_export.domain.listings import pages_and_files_with
from egzaminator.mail.domain.holds import hold_of
from egzaminator.mail.models import Email, SentCopy
from egzaminator.mailings.models import Preference
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Decision, Entry, Examiner

Record = dict[str, Any]


def record(row: object, fields: Iterable[str]) -> Record:
    """Return the values of the named attributes of a row, by name."""
    return {name: getattr(row, name) for name in fields}


_PERSON = (
    "identifier", "surname", "first_names", "email", "email_since", "transferred_to", "transferred_on", "deceased_on",
    "deceased_marked_at", "taken_back_at", "created_at", "updated_at",
)  # fmt: skip

_DECISION = ("kind", "reference", "decided_on", "ground", "withdrawn_at")


def register_data(*, examiner: Examiner) -> dict[str, list[Record]]:
    """Return what the register holds about an examiner, by section, the person first.

    Raise `UndecryptableError`.
    """
    pesel = examiner.pesel
    entries = Entry.objects.filter(examiner=examiner).select_related("scope").order_by("entered_on", "number_key")
    decisions = Decision.objects.filter(entry__examiner=examiner).select_related("entry").order_by("decided_on", "id")
    return {
        "person": [
            {
                "pesel": pesel.digits if pesel else "",
                "postal_address": str(examiner.postal_address or ""),
                **record(examiner, _PERSON),
            }
        ],
        "entries": [
            {
                **record(entry, ("number", "state", "entered_on")),
                "scope_code": entry.scope.code,
                "scope_name": entry.scope.name,
                "exam_kind": entry.scope.exam_kind,
            }
            for entry in entries
        ],
        "decisions": [{"number": decision.entry.number, **record(decision, _DECISION)} for decision in decisions],
        "former_values": [
            {"number": value.entry.number if value.entry else "", **record(value, ("field", "value", "replaced_at"))}
            for value in examiner.former_values.select_related("entry").order_by("replaced_at", "id")
        ],
        "mailings": [
            {
                **record(recipient.mailing, ("kind", "subject", "started_at")),
                "text": recipient.mailing.body,
                **record(recipient, ("state", "left_out")),
                "first_read_at": recipient.read_at,
                "attachments": ", ".join(one.name for one in recipient.mailing.attachments.all()),
            }
            for recipient in examiner.mailings.select_related("mailing")
            .prefetch_related("mailing__attachments")
            .order_by("id")
        ],
        "invitations": [
            {"made_at": one.invitation.made_at, **record(one, ("way", "is_left_out"))}
            for one in examiner.invitations.select_related("invitation").order_by("id")
        ],
        "mailing_preferences": [
            record(preference, ("salutation", "informational_off_at"))
            for preference in Preference.objects.filter(examiner=examiner)
        ],
        "imports": imports_of(examiner=examiner),
    }


_ACCOUNT = (
    "email", "email_confirmed_at", "language", "is_active", "state", "barred_by", "barred_at", "deletion_notified_at",
    "created_at", "last_login",
)  # fmt: skip
_DETAILS = [field.name for field in Details._meta.fields]  # noqa: SLF001 -- public, by Django


_ACCOUNT_SECTIONS = (
    "account", "details", "changed_details", "changed_emails", "acts", "privacy_notices", "second_factors", "sessions",
    "devices",
)  # fmt: skip


def account_data(*, account: Account | None) -> dict[str, list[Record]]:
    """Return an account's data by section, followed by those of accounts that were joined with it.

    Passwords, keys, tokens and their digests are left out. All sections are empty if there is no account. Raise
    `UndecryptableError`.
    """
    sections = [_account_data(one) for one in accounts_of(account=account)] if account else []
    return {name: [row for section in sections for row in section[name]] for name in _ACCOUNT_SECTIONS}


def _account_data(account: Account) -> dict[str, list[Record]]:
    sessions = Session.objects.filter(account=account).defer("session_data").order_by("began_at")
    devices = KnownDevice.objects.filter(account=account).order_by("first_seen_at")
    hold = hold_of(account.email)
    return {
        "account": [record(account, _ACCOUNT) | {"email_held_since": hold.since if hold else None}],
        "details": [record(account.profile, _DETAILS)],
        "changed_details": [
            record(change, ("field", "old", "new", "at", "reviewed_at"))
            for change in account.profile_changes.order_by("at", "id")
        ],
        "changed_emails": [
            record(change, ("old", "new", "asked_at", "closed_at", "outcome", "is_by_board"))
            for change in account.email_changes.order_by("asked_at", "id")
        ],
        "acts": [
            {
                **record(act, ("kind", "email", "asked_at", "alone_at", "answered_at", "outcome")),
                "reason": act.reason.text if act.reason else "",
            }
            for act in account.acts.select_related("reason").order_by("asked_at", "id")
        ],
        "privacy_notices": [
            record(reading, ("version", "read_at"))
            for reading in account.privacy_notice_readings.order_by("read_at", "id")
        ],
        "second_factors": _second_factors(account),
        "sessions": [record(session, ("device", "ip", "began_at", "last_seen_at")) for session in sessions],
        "devices": [record(device, ("label", "first_seen_at", "last_seen_at")) for device in devices],
    }


def traffic_data(*, examiner: Examiner, account: Account | None) -> dict[str, list[Record]]:
    """Return what happened around an examiner, by section: forms, what staff typed, e-mails, links, events, lists.

    Raise `UndecryptableError`.

    A form that was never activated may have been filled in by somebody else, and its content may be that person's data
    (GDPR, art. 15(4)). So of such a form the export has only when it was saved and how it ended, and its e-mails and
    links lack the recipients' e-mail addresses. For the same reason, events lack the IP addresses of other people.
    """
    about = about_examiner(examiner=examiner)
    claims = Claim.objects.filter(examiner=examiner).order_by("created_at")
    emails = about.emails.defer("content").select_related("bounce", "sent_copy").order_by("created_at", "id")
    links = about.links.order_by("created_at", "digest")
    own_ids = subjects_of(account=account) if account else examiner.known_ids
    subjects = {*own_ids, *deleted_accounts_of(examiner=examiner)}
    events = Event.objects.filter(subject__in=subjects).order_by("at", "id")
    return {
        "forms": [_form(claim) for claim in claims],
        "staff_texts": [record(text, ("text", "created_at")) for text in about.staff_texts],
        "emails": [_email(email, is_own=email.related_id in about.own) for email in emails],
        "links": [_link(link, is_own=link.subject in about.own) for link in links],
        "events": [_event(event, own_ids) for event in events],
        "lists": [_listing(event) for event in pages_and_files_with(ids=examiner.known_ids)],
    }


# The version of the export's format. It changes when a key changes its name or meaning. A new key does not change it,
# because readers of the other keys are unaffected.
FORMAT = "egzaminator/2"


def collect(*, examiner: Examiner, account: Account | None) -> Record:
    """Return everything that the service holds about an examiner, under stable names (GDPR, art. 15 and 20).

    `account` is the examiner's, or None. The values are text, numbers, booleans, dates, aware datetimes, and lists and
    mappings of these. docs/personal-data.md explains each of them. Raise `UndecryptableError`.
    """
    return {
        "format": FORMAT,
        "made_at": timezone.now(),
        "made_by": current_board().name,
        **register_data(examiner=examiner),
        **account_data(account=account),
        **traffic_data(examiner=examiner, account=account),
    }


def disclose(*, account: Account, examiner: Examiner, ip: str | None = None) -> Record:
    """Return an examiner's own data, for themselves, and record the export with the client's IP address.

    Raise `UndecryptableError`.
    """
    data = collect(examiner=examiner, account=account)
    record_event(tag=Tag.DATA_DOWNLOADED, by=Actor(account.id, ip), subject=account.id)
    return data


def _second_factors(account: Account) -> list[Record]:
    second_factors = second_factors_of(account=account)
    totp = [{"kind": "totp", "name": "", "added_at": second_factors.totp_added_at, "used_at": None}]
    passkeys = [{"kind": "passkey", **record(key, ("name", "added_at", "used_at"))} for key in second_factors.passkeys]
    return [*(totp if second_factors.totp_added_at else []), *passkeys]


def _form(claim: Claim) -> Record:
    known: Record = record(claim, ("created_at", "expires_at", "closed_at", "outcome", "privacy_notice_version"))
    if claim.outcome == ClaimOutcome.ACTIVATED:
        known |= {"email": claim.email, "details": claim.details}
    return known


def _email(email: Email, *, is_own: bool) -> Record:
    copy: SentCopy | None = getattr(email, "sent_copy", None)
    known = record(email, ("kind", "created_at", "state", "accepted_at"))
    if is_own:
        bounce = email.known_bounce
        known |= record(email, ("email", "subject"))
        known |= {
            "report": bounce.kind if bounce else "",
            "reported_at": bounce.reported_at if bounce else None,
            "report_words": bounce.reply_text if bounce else "",
        }
    return known | {"text": copy.text if copy else ""}


def _link(link: Link, *, is_own: bool) -> Record:
    known = record(link, ("purpose", "created_at", "expires_at", "used_at", "withdrawn_at"))
    return known | ({"email": link.email} if is_own else {})


def _listing(event: Event) -> Record:
    """Return when staff saw a page or downloaded a file that the examiner is in, and in which role: never who."""
    return record(event, ("tag", "at")) | {name: event.details.get(name) for name in ("content", "roles")}


def _event(event: Event, own_ids: tuple[uuid.UUID, ...]) -> dict[str, Any]:
    is_own = event.actor in (None, *own_ids)
    return record(event, ("tag", "at", "details")) | {"ip": event.ip if is_own else None}
