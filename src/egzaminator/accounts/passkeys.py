"""The ceremonies of passkeys (WebAuthn). allauth keeps the challenge in the session of the request in hand.

Every challenge asks the device to verify its owner, by a finger, a face or a PIN: then a passkey alone is two factors.
"""

import datetime
import json
import struct
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core import signing
from django.core.exceptions import ValidationError
from fido2.utils import websafe_encode

from egzaminator.accounts.errors import PasskeyRefusedError
from egzaminator.accounts.models import Account
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError

CHALLENGE_LIVES: Final = datetime.timedelta(minutes=5)
_ONCE: Final = Limit("passkey.challenge", most=1, period=2 * CHALLENGE_LIVES)
_SALT: Final = "accounts.passkey-challenge"
# What the parsers inside one another raise at something that no browser made.
_RUBBISH: Final = (
    ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
    struct.error, NotImplementedError,
)  # fmt: skip


def registration_challenge(account: Account) -> dict[str, Any]:
    """Give what a browser needs to make a passkey for an account."""
    options: dict[str, Any] = auth.begin_registration(account, passwordless=True)
    return options


def challenge(account: Account) -> dict[str, Any]:
    """Give what a browser needs to prove a passkey of an account's."""
    options: dict[str, Any] = auth.begin_authentication(account)
    return options


def login_challenge() -> tuple[dict[str, Any], str]:
    """Give what a browser needs to prove any passkey of ours, and the challenge, signed, for its cookie.

    Nobody has proven anything yet: a session for each who asks would let anybody fill the table.
    """
    options: dict[str, Any] = auth.begin_authentication(None)
    signed = signing.dumps(auth.get_state(), salt=_SALT)
    auth.clear_state()
    return options, signed


def prove_login_passkey(answer: str, *, signed: str) -> Authenticator:
    """Take a browser's answer to `login_challenge`, and its cookie; give the passkey that it proves, with its account.

    Each challenge is good for one proof within five minutes, at one of all servers. Raises PasskeyRefusedError.
    """
    try:
        state = signing.loads(signed, salt=_SALT, max_age=CHALLENGE_LIVES)
        auth.set_state(state)
        authenticator = prove_passkey(answer)
        count_use(limit=_ONCE, of=state["challenge"])
    except (signing.BadSignature, LimitReachedError):
        raise PasskeyRefusedError from None
    return authenticator


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
