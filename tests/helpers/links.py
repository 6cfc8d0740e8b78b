"""Reads one-time links out of queued e-mails, as their recipients would."""

import email
import email.policy
import re

from egzaminator.core.encryption import decrypt
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email, content_context


def text_of(message: Email) -> str:
    """Return the text part of a queued e-mail."""
    assert message.content is not None
    wire = decrypt(message.content, context=content_context(message.id))
    part = email.message_from_string(wire, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def mailed_path(kind: EmailKind, email: str) -> str:
    """Return the path of the one-time link in the newest e-mail of a kind to an address."""
    message = Email.objects.filter(kind=kind, email=email).latest("created_at")
    paths: list[str] = re.findall(
        r"^http://localhost:8000((?:/en)?/[aeshnp]/[\w-]{22}/)\r?$", text_of(message), re.MULTILINE
    )
    assert len(paths) == 1
    return paths[0]


def mailed_token(kind: EmailKind, email: str) -> str:
    """Return the token of that link."""
    return mailed_path(kind, email).rstrip("/").rpartition("/")[2]
