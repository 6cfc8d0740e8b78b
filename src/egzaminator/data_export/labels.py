"""Labels of the sections and fields of exported data, as people read them.

The labels of an examiner's details come from the details form.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order of the page.
SECTIONS: Final[Mapping[str, Promise]] = {
    "person": _("Person, as the register has it"),
    "entries": _("Entries in the register"),
    "decisions": _("Decisions"),
    "account": _("Account"),
    "details": _("Details that you gave"),
    "changed_details": _("Changes of the details"),
    "changed_emails": _("Changes of the e-mail address"),
    "acts": _("What the board was asked to do with the account"),
    "second_factors": _("Second factor and passkeys"),
    "sessions": _("Log-ins that have not ended"),
    "devices": _("Devices that the account was logged in to with"),
    "forms": _("Account forms"),
    "emails": _("Messages from the board"),
    "links": _("One-time links that were mailed"),
    "events": _("What happened"),
}
LABELS: Final[Mapping[str, str | Promise]] = {
    "pesel": "PESEL",
    "identifier": _("Identifier"),
    "surname": _("Surname"),
    "first_names": _("First names"),
    "email": _("E-mail address"),
    "deceased_on": _("Date of death"),
    "deceased_marked_at": _("Death recorded"),
    "created_at": _("Recorded"),
    "updated_at": _("Last changed"),
    "number": _("Registration number"),
    "state": _("State"),
    "entered_on": _("Entered on"),
    "scope_code": _("Scope (code)"),
    "scope_name": _("Scope"),
    "exam_kind": _("Exam"),
    "kind": _("Kind"),
    "reference": _("Reference number"),
    "decided_on": _("Date of the decision"),
    "ground": _("Ground"),
    "language": _("Language"),
    "is_active": _("Active"),
    "barred_by": _("Why nobody can log in"),
    "barred_at": _("Since when nobody can log in"),
    "deletion_notified_at": _("Told that it will be deleted"),
    "reason": _("Reason"),
    "alone_at": _("To be done without a second person"),
    "answered_at": _("Answered"),
    "purpose": _("What for"),
    "withdrawn_at": _("Withdrawn"),
    "email_since": _("E-mail address since"),
    "last_login": _("Last log-in"),
    "field": _("What"),
    "old": _("Before"),
    "new": _("After"),
    "at": _("When"),
    "asked_at": _("Asked for"),
    "closed_at": _("Ended"),
    "outcome": _("How it ended"),
    "name": _("Name"),
    "added_at": _("Added"),
    "used_at": _("Last used"),
    "device": _("Device"),
    "label": _("Device"),
    "ip": _("Network address"),
    "began_at": _("Began"),
    "last_seen_at": _("Last seen"),
    "first_seen_at": _("First seen"),
    "expires_at": _("Valid until"),
    "privacy_notice_version": _("Information clause of"),
    "subject": _("Subject"),
    "accepted_at": _("Handed to the mail server"),
    "text": _("Text"),
    "tag": _("What"),
}
