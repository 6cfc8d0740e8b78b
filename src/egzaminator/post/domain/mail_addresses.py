"""E-mail addresses as SMTP and headers take them.

They are in ASCII, since not every server on the way supports SMTPUTF8 (RFC 6531).
"""

import ipaddress
import re
from email.headerregistry import Address
from typing import Final

from django.conf import settings

from egzaminator.post.domain.one_line import one_line

_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MOST_OCTETS: Final = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
_MOST_OF_NAME: Final = 80
_NOT_IN_NAMES: Final = re.compile(r"[^\w '’.-]")


def mailbox_in_ascii(address: str) -> str | None:
    """Return an e-mail address in ASCII, as servers take it, or None if e-mail cannot be sent there.

    A non-ASCII domain is converted to its IDNA form. A local part with non-ASCII letters, or in quotation marks, has no
    such form.
    """
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    mailbox = f"{local}@{domain}"
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(mailbox) > _MOST_OCTETS:
        return None
    return mailbox


def own_domain() -> str:
    """Return the domain that our e-mails come from: the public host.

    An IP address is written as a literal (RFC 5321, section 4.1.3).
    """
    host = settings.PUBLIC_HOST
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.encode("idna").decode("ascii")
    return f"[IPv6:{address}]" if isinstance(address, ipaddress.IPv6Address) else f"[{address}]"


def header_address(*, name: str, mailbox: str) -> Address:
    """Return the header form of a person's or board's name and an ASCII mailbox.

    The name keeps letters, digits, spaces, hyphens, apostrophes and dots. A header needs no more, and this avoids the
    quoting rules that mail programs disagree about.
    """
    local, _, domain = mailbox.rpartition("@")
    plain = " ".join(_NOT_IN_NAMES.sub(" ", one_line(name)).split())
    return Address(display_name=plain[:_MOST_OF_NAME].strip(), username=local, domain=domain)
