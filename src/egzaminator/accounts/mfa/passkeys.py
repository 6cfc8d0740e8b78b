"""Passkey ceremonies (WebAuthn). allauth keeps the challenge in the session of the current request.

Every challenge requires user verification by the device, with a fingerprint, a face or a PIN. So a passkey alone counts
as two factors.
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
from egzaminator.rate_limits.domain.counters import Limit, hit
from egzaminator.rate_limits.errors import LimitReachedError

CHALLENGE_LIVES: Final = datetime.timedelta(minutes=5)
_ONCE: Final = Limit("passkey.challenge", most=1, period=2 * CHALLENGE_LIVES)
_SALT: Final = "accounts.passkey-challenge"
# What the nested parsers raise on input that no browser made.
_RUBBISH: Final = (
    ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
    struct.error, NotImplementedError,
)  # fmt: skip


def registration_challenge(account: Account) -> dict[str, Any]:
    """Return the options for making a passkey for an account."""
    options: dict[str, Any] = auth.begin_registration(account, passwordless=True)
    return options


def challenge(account: Account) -> dict[str, Any]:
    """Return the options for proving a passkey of an account."""
    options: dict[str, Any] = auth.begin_authentication(account)
    return options


def login_challenge() -> tuple[dict[str, Any], str]:
    """Return the options for proving any passkey of the site, and the signed challenge for its cookie.

    The visitor has not proved anything yet. If each challenge took a session, anybody could fill the session table.
    """
    options: dict[str, Any] = auth.begin_authentication(None)
    signed = signing.dumps(auth.get_state(), salt=_SALT)
    auth.clear_state()
    return options, signed


def prove_login_passkey(answer: str, *, signed: str) -> Authenticator:
    """Return the passkey that a browser's answer to `login_challenge` proves, with its account.

    `signed` is the challenge from the cookie. It is valid for five minutes and for one proof across all servers. Raise
    `PasskeyRefusedError`.
    """
    try:
        state = signing.loads(signed, salt=_SALT, max_age=CHALLENGE_LIVES)
        auth.set_state(state)
        authenticator = prove_passkey(answer)
        hit(limit=_ONCE, of=state["challenge"])
    except (signing.BadSignature, LimitReachedError):
        raise PasskeyRefusedError from None
    return authenticator


def read_new_passkey(answer: str) -> dict[str, Any]:
    """Return what is stored of a browser's answer to `registration_challenge`. Raise `PasskeyRefusedError`."""
    try:
        credential = json.loads(answer)
        made = auth.complete_registration(credential).credential_data.credential_id
        response = {name: credential["response"][name] for name in ("clientDataJSON", "attestationObject")}
    except _RUBBISH:
        raise PasskeyRefusedError from None
    finally:
        auth.clear_state()
    # The answer names the passkey in two places. This is the id that its device generated.
    return {"id": websafe_encode(made), "rawId": websafe_encode(made), "type": "public-key", "response": response}


def prove_passkey(answer: str, *, account: Account | None = None) -> Authenticator:
    """Return the passkey that a browser's answer to `challenge` proves, with its account.

    With `account`, the passkey must belong to it. Each challenge is valid for one answer. Raise `PasskeyRefusedError`.
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
