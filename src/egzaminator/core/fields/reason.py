"""The reason that staff give for an action on an account, typed into a form or given to a command."""

import re
from argparse import ArgumentTypeError
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import LineField

_LONGEST: Final = 200
_PESEL: Final = re.compile(r"(?<!\d)\d{11}(?!\d)")


class ReasonField(LineField):
    """The reason for an action on an account. It goes into the audit record, which is kept for years and immutable."""

    default_error_messages = {
        "required": _("Write down the reason"),
        "personal": _("Leave the PESEL out: the record holds no personal data"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Reason"), max_length=_LONGEST, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the reason on one line. Raise `ValidationError` if it is invalid or contains a PESEL."""
        text = super().to_python(value)
        if _PESEL.search(text):
            raise self.error("personal")
        return text


def typed_reason(text: str) -> str:
    """Return the reason from a command's argument. Raise `ArgumentTypeError`, which the parser prints in words."""
    try:
        reason: str = ReasonField().clean(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None
    return reason
