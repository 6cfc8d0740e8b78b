"""What staff type about a person, into a form or a command: the reason of an action, or a note."""

import re
from argparse import ArgumentTypeError
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egzaminator.core.fields.line import LineField

_SHORTEST: Final = 5
_LONGEST: Final = 200
_LONGEST_NOTE: Final = 500
# A PESEL, or a number that one is part of. The text is for somebody who knows whom it is about.
_PESEL: Final = re.compile(r"\d{11}")


class _StaffTextField(LineField):
    """A text about a person, on one line. It is stored encrypted (`audit.StaffText`)."""

    default_error_messages = {
        "min_length": _("Write it in a few words"),
        "personal": _("Leave out the PESEL and any other number of eleven digits or more"),
    }

    def to_python(self, value: Any) -> str:
        """Return the text on one line. Raise `ValidationError` if it is invalid, or holds eleven digits in a row."""
        text = super().to_python(value)
        if _PESEL.search(text):
            raise self.error("personal")
        if text and len(text) < _SHORTEST:
            raise self.error("min_length")
        return text


class NoteField(_StaffTextField):
    """A note about a person: one paragraph."""

    widget = forms.Textarea(attrs={"rows": 3})
    default_error_messages = {"required": _("Write the note")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=pgettext_lazy("about a person", "Note"),
            max_length=_LONGEST_NOTE,
            help_text=_("This person may read it. Without a PESEL; 500 characters at most."),
            **kwargs,
        )


class ReasonField(_StaffTextField):
    """The reason for an action on a person's account."""

    default_error_messages = {
        "required": _("Write down the reason"),
        "min_length": _("Write the reason in a few words"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("For example how you made sure whom you speak with. Without a PESEL. This person may read it."),
        )
        super().__init__(label=_("Reason"), max_length=_LONGEST, **kwargs)


def typed_reason(text: str) -> str:
    """Return the reason from a command's argument. Raise `ArgumentTypeError`, which the parser prints in words."""
    try:
        reason: str = ReasonField().clean(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None
    return reason
