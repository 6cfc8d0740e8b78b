import re
from typing import Final

from django.core.exceptions import ValidationError

from egzaminator.kernel.fields.phone import PhoneField, format_phone

# "tel.", "tel./faks:" before the number, as offices write it on their papers.
_LABEL: Final = re.compile(r"\s*(?:(?:tel|telefon|faks|fax)\b[\s./:,]*)+", re.IGNORECASE)
# The library knows "ext" and "x", but not the Polish word.
_EXTENSION: Final = re.compile(
    r"(?<=[0-9])[\s,;(]*(?:wewn(?:ętrzny)?|wew|w|ext|x|#)[\s.:=]*([0-9]{1,7})\s*\)?\s*$", re.IGNORECASE
)

_DIALLED: Final = re.compile(r"[+0-9]")


def written_office_phone(text: str) -> str:
    """Take an office's telephone number as people write it; give it as a screen shows it, `61 666 11 22 wew. 5`.

    The extension is kept; the word "tel." is not. Raises ValidationError.
    """
    number, extension = _parts(text)
    return format_phone(PhoneField().clean(number)) + (extension and f" wew. {extension}")


def phone_uri(text: str) -> str:
    """Take an office's telephone number; give it as a `tel:` link takes it (RFC 3966).

    It stands on every page, so what is no number is given as its digits rather than refused.
    """
    number, extension = _parts(text)
    try:
        e164 = str(PhoneField().clean(number))
    except ValidationError:
        return "".join(_DIALLED.findall(text))
    return e164 + (extension and f";ext={extension}")


def _parts(text: str) -> tuple[str, str]:
    """Part the number from its extension."""
    label = _LABEL.match(text)
    line = text[label.end() :] if label else text
    found = _EXTENSION.search(line)
    return (line[: found.start()], found[1]) if found else (line, "")
