"""Encrypted text that a visitor's browser or session carries from one page to the next, such as a hidden form field."""

import base64
import datetime

from django.utils import timezone

from egzaminator.core.encryption import UndecryptableError, decrypt, encrypt

_NO_END = "-"


def encrypt_for_form(text: str, *, context: str, lifetime: datetime.timedelta | None = None) -> str:
    """Return a text encrypted for a form, as URL-safe Base64.

    `context` names the form and the person or row that it belongs to. The text decrypts in this context only, and for
    `lifetime` from now (None: without end).
    """
    ends_at = (timezone.now() + lifetime).isoformat() if lifetime else _NO_END
    return base64.urlsafe_b64encode(encrypt(f"{ends_at} {text}", context=context)).decode()


def decrypt_from_form(encrypted: str, *, context: str) -> str | None:
    """Return the text, or None if it was not encrypted for this context, or its lifetime is over."""
    try:
        ends_at, _, text = decrypt(base64.urlsafe_b64decode(encrypted), context=context).partition(" ")
    except (UndecryptableError, ValueError):  # ValueError: not valid Base64
        return None
    is_over = ends_at != _NO_END and datetime.datetime.fromisoformat(ends_at) <= timezone.now()
    return None if is_over else text
