"""Reads one-time links out of queued e-mails, as their recipients would."""

import email
import email.policy
import re

from egzaminator.core.encryption import decrypt
from egzaminator.mail.enums import Kind
from egzaminator.mail.models import Message, content_context


def text_of(message: Message) -> str:
    """Return the text part of a queued e-mail."""
    assert message.content is not None
    wire = decrypt(message.content, context=content_context(message.id))
    part = email.message_from_string(wire, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def mailed_path(kind: Kind, address: str) -> str:
    """Return the path of the one-time link in the newest e-mail of a kind to an address."""
    message = Message.objects.filter(kind=kind, address=address).latest("created_at")
    paths: list[str] = re.findall(
        r"^http://localhost:8000((?:/en)?/[aeshn]/[\w-]{22}/)\r?$", text_of(message), re.MULTILINE
    )
    assert len(paths) == 1
    return paths[0]


def mailed_token(kind: Kind, address: str) -> str:
    """Return the token of that link."""
    return mailed_path(kind, address).rstrip("/").rpartition("/")[2]
