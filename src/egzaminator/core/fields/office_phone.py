"""Telephone numbers of offices, which may have a label and an extension."""

import re
from typing import Final

from django.core.exceptions import ValidationError

from egzaminator.core.fields.phone import PhoneField, format_phone

# The label before the number, such as "tel." or "tel./faks:", as on offices' letterheads.
_LABEL: Final = re.compile(r"\s*(?:(?:tel|telefon|faks|fax)\b[\s./:,]*)+", re.IGNORECASE)
# The phonenumbers library knows "ext" and "x", but not the Polish word.
_EXTENSION: Final = re.compile(
    r"(?<=[0-9])[\s,;(]*(?:wewn(?:ętrzny)?|wew|w|ext|x|#)[\s.:=]*([0-9]{1,7})\s*\)?\s*$", re.IGNORECASE
)

_DIALLED: Final = re.compile(r"[+0-9]")


def written_office_phone(text: str) -> str:
    """Return an office's telephone number, as people write it, in the form that a screen shows: `61 666 11 22 wew. 5`.

    The extension is kept; the label "tel." is dropped. Raise `ValidationError` if it is not a telephone number.
    """
    number, extension = _parts(text)
    return format_phone(PhoneField().clean(number)) + (extension and f" wew. {extension}")


def phone_uri(text: str) -> str:
    """Return the `tel:` URI (RFC 3966), without the scheme, of an office's telephone number.

    The number stands on every page, so text that is not a valid number is reduced to its digits rather than
    rejected.
    """
    number, extension = _parts(text)
    try:
        e164 = str(PhoneField().clean(number))
    except ValidationError:
        return "".join(_DIALLED.findall(text))
    return e164 + (extension and f";ext={extension}")


def _parts(text: str) -> tuple[str, str]:
    """Split a telephone number into the number, without its label, and the extension."""
    label = _LABEL.match(text)
    line = text[label.end() :] if label else text
    found = _EXTENSION.search(line)
    return (line[: found.start()], found[1]) if found else (line, "")
