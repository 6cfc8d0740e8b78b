"""What the sections and names of the data are called where people read them; the details' names are the form's."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order that people read them in.
SECTIONS: Final[Mapping[str, Promise]] = {
    "person": _("Person, as the register has it"),
    "entries": _("Entries in the register"),
    "decisions": _("Decisions"),
    "account": _("Account"),
    "details": _("Details that you gave"),
    "changed_details": _("Changes of the details"),
    "changed_addresses": _("Changes of the e-mail address"),
    "second_factors": _("Second factor and passkeys"),
    "sessions": _("Log-ins that have not ended"),
    "devices": _("Devices that the account was logged in to with"),
    "forms": _("Account forms"),
    "messages": _("Messages from the board"),
    "events": _("What happened"),
}
LABELS: Final[Mapping[str, str | Promise]] = {
    "pesel": "PESEL",
    "identifier": _("Identifier"),
    "surname": _("Surname"),
    "first_names": _("First names"),
    "email": _("E-mail address"),
    "deceased_on": _("Date of death"),
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
    "last_login": _("Last log-in"),
    "field": _("What"),
    "old": _("Before"),
    "new": _("After"),
    "at": _("When"),
    "asked_at": _("Asked for"),
    "closed_at": _("Ended"),
    "outcome": _("How it ended"),
    "closing": _("How it ended"),
    "name": _("Name"),
    "added_at": _("Added"),
    "used_at": _("Last used"),
    "device": _("Device"),
    "label": _("Device"),
    "address": _("E-mail address"),
    "began_at": _("Began"),
    "last_seen_at": _("Last seen"),
    "first_seen_at": _("First seen"),
    "expires_at": _("Valid until"),
    "clause_version": _("Information clause of"),
    "subject": _("Subject"),
    "accepted_at": _("Handed to the mail server"),
    "text": _("Text"),
    "tag": _("What"),
}
NETWORK_ADDRESS: Final = _("Network address")
