"""Sentences of an account's security history, as the owner reads them.

Every audit tag is in exactly one of four places: in `_PLAIN` if its label is enough, in `ATTEMPTS` if the sentence has
a count, in `_DESCRIBED` if the sentence needs the details, or in `HIDDEN` with the reason why owners do not see it. A
tag that is in none of them is not shown.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.forms import DetailsForm
from egzaminator.accounts.profile_display import field_label
from egzaminator.audit.enums import LOOKS, Tag

Details = Mapping[str, Any]

# People other than the owner can cause any number of these events. Between two events of other tags, all events of one
# tag are shown as one row, so that they cannot push everything else off the page.
ATTEMPTS: Final = frozenset(
    (
        Tag.ACTIVATION_REFUSED,
        Tag.CLAIM_REFUSED,
        Tag.LOGIN_REFUSED,
        Tag.LOGIN_BLOCKED,
        Tag.PASSKEY_REFUSED,
        Tag.SECOND_FACTOR_REFUSED,
        Tag.IDENTITY_REFUSED,
    )
)
REPEATED: Final = ATTEMPTS | {Tag.MAIL_CAPPED, Tag.LOOKUPS_CAPPED}

_PLAIN: Final = frozenset(
    (
        Tag.FIRST_LOGIN_ACCEPTED,
        Tag.CLAIM_SAVED,
        Tag.CLAIM_EMAIL_CORRECTED,
        Tag.CLAIM_MAIL_RESENT,
        Tag.CLAIM_STOPPED,
        Tag.CLAIM_RESENT_BY_STAFF,
        Tag.CLAIM_CORRECTED_BY_STAFF,
        Tag.CLAIM_STOPPED_BY_STAFF,
        Tag.CLAIM_OPENED,
        Tag.CLAIM_PROVEN,
        Tag.ACCOUNT_ACTIVATED,
        Tag.ACCOUNT_FROZEN,
        Tag.ACCOUNT_FROZEN_BY_STAFF,
        Tag.PASSWORD_ACCEPTED,
        Tag.SECOND_FACTOR_RESET,
        Tag.RECOVERY_CODES_MADE,
        Tag.RECOVERY_CODE_USED,
        Tag.IDENTITY_CONFIRMED,
        Tag.LOGGED_OUT,
        Tag.PASSWORD_RESET,
        Tag.PASSWORD_CHANGED,
        Tag.EMAIL_CHANGE_ASKED,
        Tag.EMAIL_CHANGE_RESENT,
        Tag.EMAIL_CHANGE_CANCELLED,
        Tag.EMAIL_CHANGED,
        Tag.EMAIL_RESTORED,
        Tag.EMAIL_HELD,
        Tag.EMAIL_CHECK_SENT,
        Tag.EMAIL_HOLD_ENDED,
        Tag.EMAIL_STILL_USED,
        Tag.DATA_DOWNLOADED,
        Tag.ACCOUNT_UNFROZEN,
        Tag.ACT_CONFIRMED,
        Tag.ACT_WAITED,
        Tag.ACT_REFUSED,
        Tag.ACT_WITHDRAWN,
        Tag.ACT_LAPSED,
        Tag.EXAMINER_ADDED,
        Tag.NOTE_ADDED,
        Tag.NOTE_REMOVED,
        Tag.NAMES_CORRECTED,
        Tag.PESEL_CORRECTED,
        Tag.IDENTIFIER_CORRECTED,
        Tag.REGISTER_EMAIL_CORRECTED,
        Tag.REGISTER_ADDRESS_CORRECTED,
        Tag.ENTRY_ADDED,
        Tag.ENTRY_STRUCK_OFF,
        Tag.STRIKE_OFF_WITHDRAWN,
        Tag.ENTERED_AGAIN,
        Tag.ENTRY_CORRECTED,
        Tag.DECISION_CORRECTED,
        Tag.IMPORT_RETURNED,
        Tag.EXAMINER_TRANSFERRED,
        Tag.TRANSFER_WITHDRAWN,
        Tag.EXAMINERS_JOINED,
        Tag.ACCOUNT_JOINED,
        Tag.EXAMINER_DECEASED,
        Tag.DEATH_WITHDRAWN,
        Tag.DELETION_TOLD,
        Tag.MAIL_CAPPED,
        Tag.INFORMATIONAL_TURNED_OFF,
        Tag.INFORMATIONAL_TURNED_ON,
        Tag.SALUTATION_CHOSEN,
        Tag.STAFF_INVITED,
        Tag.STAFF_INVITED_AGAIN,
        Tag.STAFF_RENAMED,
        Tag.STAFF_ROLES_CHANGED,
        Tag.STAFF_ENDED,
        Tag.BOARD_CONTACT_CHANGED,
        Tag.ALONE_CHANGE_CANCELLED,
        Tag.LOOKUPS_CAPPED,
    )
)

HIDDEN: Final[Mapping[Tag, str]] = {
    Tag.REGISTER_IMPORTED: "about a file with many people in it",
    **dict.fromkeys(
        (Tag.IMPORT_UPLOADED, Tag.IMPORT_ASKED, Tag.IMPORT_GIVEN_UP), "about a file with many people in it"
    ),
    Tag.EMAILS_ASKED: "about a list of many people; each is asked after the next log-in",
    Tag.IMPORT_UNDO_ASKED: "about a file with many people in it",
    Tag.IMPORT_UNDONE: "about a file with many people in it",
    Tag.IMPORT_TOOK_BACK: "whoever was taken back has no account",
    Tag.EXPORT_ASKED: "about a file with many people in it",
    **dict.fromkeys(
        (
            Tag.MAILING_SAVED,
            Tag.MAILING_DELETED,
            Tag.MAILING_TESTED,
            Tag.INVITATION_MADE,
            Tag.MAILING_PLANNED,
            Tag.MAILING_PAUSED,
            Tag.MAILING_RESUMED,
            Tag.MAILING_CANCELLED,
            Tag.MAILING_REPEATED,
        ),
        "about a message to many people, which each of them reads",
    ),
    Tag.RESET_REQUESTED: "whose request it is, is not known when it is recorded; the e-mail tells the owner",
    Tag.ACCOUNT_DELETED: "nobody is left to read it",
    Tag.PRIVACY_NOTICE_PUBLISHED: "about all examiners; each reads it after the next log-in",
    Tag.RETENTION_DELETED: "about the whole database",
    Tag.KEYS_ROTATED: "about the whole database",
    Tag.DATABASE_RESTORED: "about the whole database",
    **dict.fromkeys(
        (Tag.SCOPE_ADDED, Tag.SCOPE_CHANGED, Tag.GROUND_ADDED, Tag.GROUND_CHANGED), "about a list, and about nobody"
    ),
    **dict.fromkeys(LOOKS - {Tag.PESEL_SHOWN, Tag.DATA_ISSUED}, "on a page of their own, with the role of who looked"),
    Tag.VALUE_UNDECRYPTABLE: "for who runs the service: an owner can do nothing about a damaged value",
}


def _logged_in(details: Details, count: int) -> str:
    return _("Logged in: %(device)s") % {"device": _device(details)}


def _new_device(details: Details, count: int) -> str:
    return _("A new device at the log-in: %(device)s") % {"device": _device(details)}


def _device(details: Details) -> str:
    return details.get("device") or _("unknown device")


def _added(details: Details, count: int) -> str:
    return _("Added, as a way to log in: %(factor)s") % {"factor": _second_factor(details)}


def _removed(details: Details, count: int) -> str:
    return _("Removed from the ways to log in: %(factor)s") % {"factor": _second_factor(details)}


def _second_factor(details: Details) -> str:
    names = {"totp": _("authenticator app"), "webauthn": _("passkey"), "recovery_codes": _("recovery codes")}
    return names.get(details.get("kind", ""), _("second factor"))


def _act_asked(details: Details, count: int) -> str:
    kind = details.get("kind")
    if kind not in ActKind.values:
        return str(Tag.ACT_ASKED.label)
    return _("Staff asked for a second person: %(act)s") % {"act": ActKind(kind).label}


def _alone_change_asked(details: Details, count: int) -> str:
    if details.get("allowed"):
        return _("In 48 hours, one person may act alone in the panel")
    return _("In 48 hours, everything that takes two persons takes a second one again")


def _sessions_ended(details: Details, count: int) -> str:
    number = details.get("count", 1)
    text = ngettext("%(count)d other device was logged out", "%(count)d other devices were logged out", number)
    return text % {"count": number}


def _details_changed(details: Details, count: int) -> str:
    fields = DetailsForm.base_fields
    labels = [str(fields[name].label) for name in details.get("fields", ()) if name in fields]
    return _("Details were changed: %(fields)s") % {"fields": ", ".join(labels)}


def _pesel_shown(details: Details, count: int) -> str:
    return _("The board had your whole PESEL shown: %(role)s") % {"role": role_of(details=details)}


def _notice_read(details: Details, count: int) -> str:
    return _("The information clause was shown, version %(version)s") % {"version": details.get("version", "?")}


def _reviewed(details: Details, count: int) -> str:
    if details.get("what") != "changes":
        return str(Tag.REVIEWED.label)
    labels = ", ".join(str(field_label(name)) for name in details.get("fields", ()))
    return _("The board took note of the changed details: %(fields)s") % {"fields": labels}


def _data_issued(details: Details, count: int) -> str:
    return _("The board took out all data about you: %(role)s") % {"role": role_of(details=details)}


_DESCRIBED: Final[Mapping[Tag, Callable[[Details, int], str]]] = {
    Tag.LOGIN_SUCCEEDED: _logged_in,
    Tag.DEVICE_NEW: _new_device,
    Tag.SECOND_FACTOR_ADDED: _added,
    Tag.SECOND_FACTOR_REMOVED: _removed,
    Tag.SESSIONS_ENDED: _sessions_ended,
    Tag.ACT_ASKED: _act_asked,
    Tag.ALONE_CHANGE_ASKED: _alone_change_asked,
    Tag.DETAILS_CHANGED: _details_changed,
    Tag.PESEL_SHOWN: _pesel_shown,
    Tag.PRIVACY_NOTICE_READ: _notice_read,
    Tag.REVIEWED: _reviewed,
    Tag.DATA_ISSUED: _data_issued,
}

SHOWN: Final = _PLAIN | ATTEMPTS | _DESCRIBED.keys()


def role_of(*, details: Details) -> str:
    """Return, for the owner, who looked at the account: the roles at that time, never the name."""
    return ", ".join(role.capitalize() for role in details.get("roles", ())) or _("Staff of the board")


def sentence(*, tag: Tag, details: Details, count: int = 1) -> str:
    """Return the sentence about an event for the account's owner, in the active language.

    `tag` is one of `SHOWN`, and `count` is the number of such events in the row.
    """
    if tag in ATTEMPTS:
        text = ngettext("%(what)s: %(count)d attempt", "%(what)s: %(count)d attempts", count)
        return text % {"what": tag.label, "count": count}
    describe = _DESCRIBED.get(tag)
    return describe(details, count) if describe else str(tag.label)
