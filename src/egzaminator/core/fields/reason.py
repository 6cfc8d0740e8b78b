"""The reason that staff give for an action on a person's account, typed into a form or given to a command."""

import re
from argparse import ArgumentTypeError
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import LineField

_SHORTEST: Final = 5
_LONGEST: Final = 200
# A PESEL, or a number that one is part of. The reason is for somebody who knows whom it is about.
_PESEL: Final = re.compile(r"\d{11}")


class ReasonField(LineField):
    """The reason for an action on a person's account. It is stored encrypted (`audit.StaffText`)."""

    default_error_messages = {
        "required": _("Write down the reason"),
        "min_length": _("Write the reason in a few words"),
        "personal": _("Leave out the PESEL and any other number of eleven digits or more"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("For example how you made sure whom you speak with. Without a PESEL. This person may read it."),
        )
        super().__init__(label=_("Reason"), max_length=_LONGEST, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the reason on one line. Raise `ValidationError` if it is invalid, or holds eleven digits in a row."""
        text = super().to_python(value)
        if _PESEL.search(text):
            raise self.error("personal")
        if text and len(text) < _SHORTEST:
            raise self.error("min_length")
        return text


def typed_reason(text: str) -> str:
    """Return the reason from a command's argument. Raise `ArgumentTypeError`, which the parser prints in words."""
    try:
        reason: str = ReasonField().clean(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None
    return reason
