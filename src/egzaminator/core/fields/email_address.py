import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields.line import LineField

# RFC 5321, section 4.5.3.1: a path has at most 256 octets, including the angle brackets, and a local part at most 64.
_LONGEST: Final = 254
_LONGEST_LOCAL_PART: Final = 64
_NAME_AND_ADDRESS: Final = re.compile(r"[^<>]*<([^<>]*)>")
_validate = EmailValidator(allowlist=[])


class EmailAddressField(LineField):
    """An e-mail address, returned in ASCII with the domain in lower case (an international one in its `xn--` form)."""

    widget = forms.EmailInput(
        attrs={"inputmode": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
    )
    default_error_messages = {
        "required": _("Enter the e-mail address"),
        "max_length": _("Shorten the e-mail address to %(limit)d characters; it has %(length)d now"),
        "no_at": _("Enter a whole e-mail address, for example anna.nowak@example.com"),
        "several": _("Enter one e-mail address, without spaces, for example anna.nowak@example.com"),
        "local_part": _("Remove “%(sign)s” from the e-mail address: there are no such letters before @"),
        "domain": _("Check the part of the e-mail address after @, for example example.com"),
        "invalid": _("Check the e-mail address: it is written like anna.nowak@example.com"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=_LONGEST, **kwargs)

    def to_python(self, value: object) -> str:
        """Return the e-mail address from any submitted value. Raise `ValidationError` if it is not one."""
        text = super().to_python(value)
        if not text:
            return text
        local_part, at, domain = text.rpartition("@")
        if not at:
            raise self.error("no_at")
        if "@" in local_part or " " in text:
            raise self.error("several")
        for sign in local_part:
            if not sign.isascii():
                raise self.error("local_part", sign=sign)
        email = f"{local_part}@{self._ascii_domain(domain)}"
        # A quoted local part and a numeric host are valid by the RFC, but in a form they are always a mistake.
        if len(local_part) > _LONGEST_LOCAL_PART or '"' in local_part or "[" in domain:
            raise self.error("invalid")
        try:
            _validate(email)
        except ValidationError:
            raise self.error("invalid") from None
        if len(email) > _LONGEST:
            raise self.error("max_length", limit=_LONGEST, length=len(email))
        return email

    def normalise(self, text: str) -> str:
        """Return the e-mail address alone, from text copied from a `mailto:` link or a mail program's address book."""
        line = super().normalise(text)
        if named := _NAME_AND_ADDRESS.fullmatch(line):
            line = named[1].strip()
        if line[:7].lower() == "mailto:":
            line = line[7:].partition("?")[0].strip()
        return line

    def _ascii_domain(self, domain: str) -> str:
        domain = domain.lower()
        if domain.isascii():
            return domain
        try:
            encoded = domain.encode("idna").decode("ascii")
            # If the encoding silently changes a letter (ß to ss), the result is a different mailbox from the one typed.
            is_exact = encoded.encode("ascii").decode("idna") == domain
        except UnicodeError:
            is_exact = False
        if not is_exact:
            raise self.error("domain")
        return encoded
