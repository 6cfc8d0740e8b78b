"""The ceremonies of passkeys (WebAuthn). allauth keeps the challenge in the session of the request in hand.

Every challenge asks the device to verify its owner, by a finger, a face or a PIN: then a passkey alone is two factors.
"""

import json
import struct
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from fido2.utils import websafe_encode

from egzaminator.accounts.errors import PasskeyRefusedError
from egzaminator.accounts.models import Account

# What the parsers inside one another raise at something that no browser made.
_RUBBISH: Final = (
    ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
    struct.error, NotImplementedError,
)  # fmt: skip


def registration_challenge(account: Account) -> dict[str, Any]:
    """Give what a browser needs to make a passkey for an account."""
    options: dict[str, Any] = auth.begin_registration(account, passwordless=True)
    return options


def challenge(account: Account | None = None) -> dict[str, Any]:
    """Give what a browser needs to prove a passkey: one of an account's or, at the log-in, any."""
    options: dict[str, Any] = auth.begin_authentication(account)
    return options


def read_new_passkey(answer: str) -> dict[str, Any]:
    """Take a browser's answer to `registration_challenge`; give what is kept of it. Raises PasskeyRefusedError."""
    try:
        credential = json.loads(answer)
        made = auth.complete_registration(credential).credential_data.credential_id
        response = {name: credential["response"][name] for name in ("clientDataJSON", "attestationObject")}
    except _RUBBISH:
        raise PasskeyRefusedError from None
    finally:
        auth.clear_state()
    # Of two places that name the passkey, the one that its device has made.
    return {"id": websafe_encode(made), "rawId": websafe_encode(made), "type": "public-key", "response": response}


def prove_passkey(answer: str, *, account: Account | None = None) -> Authenticator:
    """Take a browser's answer to `challenge`; give the passkey that it proves, with its account.

    Takes the account that the passkey has to belong to, if there is one. Each challenge is good for one answer. Raises
    PasskeyRefusedError.
    """
    try:
        response = json.loads(answer)
        auth.parse_authentication_response(response)
        user = account or auth.extract_user_from_response(response)
        authenticator = auth.complete_authentication(user, response)
    except _RUBBISH:
        raise PasskeyRefusedError from None
    finally:
        auth.clear_state()
    authenticator.user = user
    return authenticator
