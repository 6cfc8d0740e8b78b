"""Second factors as people have them: an authenticator app, recovery codes on paper, a passkey."""

import base64
import hashlib
import hmac
import json
import os
import re
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor

from egzaminator.accounts.domain.mfa import add_totp, second_factors_of
from egzaminator.accounts.models import Account, Session
from tests.helpers.factories import PASSWORD, PESELS
from tests.helpers.html import HasContent, Response, fields_of, words_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD = 30


def totp_code(secret: str = SECRET, *, periods: int = 0) -> str:
    """Return the TOTP code (RFC 6238) of now, or of `periods` periods from now."""
    counter = int(time.time()) // PERIOD + periods
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def give_totp(account: Account, *, goes_on: bool = False) -> list[str]:
    """Add an authenticator app with SECRET to an account and return its recovery codes.

    The code of the previous period is spent. `goes_on` keeps the account's only session, as adding an app in that
    session would.
    """
    keep = Session.objects.get(account=account).pk if goes_on else None
    add_totp(account=account, secret=SECRET, code=totp_code(periods=-1), keep=keep)
    return second_factors_of(account=account).fresh_codes


def log_in(browser: Client, name: str = PESELS[0], secret: str = PASSWORD, **more: str) -> Response:
    return browser.post("/konto/logowanie/", {"name": name, "secret": secret, **more})


def send(browser: Client, path: str, **fields: str) -> Response:
    """Open a page, fill in its form and submit it."""
    page = fields_of(browser.get(path))
    return browser.post(path, page | fields)


def secret_on(page: HasContent) -> str:
    """Return the secret that the page shows to those who cannot scan the QR code."""
    shown: list[str] = re.findall(r"(?:[A-Z2-7]{4} ?){8}", words_of(page))
    assert len(shown) == 1
    return shown[0].replace(" ", "")


def websafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Device:
    """An authenticator with one passkey, seen through a browser on our page (WebAuthn, attestation `none`)."""

    def __init__(self, *, origin: str = "http://localhost:8000", site: str = "localhost", flags: int = 0b101) -> None:
        self.origin, self.site, self.flags = origin, site, flags  # flags: user present, user verified
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.owner = ""

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + bytes(4)

    def _answer(self, **response: str) -> str:
        return json.dumps(
            {"id": websafe(self.id), "rawId": websafe(self.id), "type": "public-key", "response": response}
        )

    def make(self, options: dict[str, Any]) -> str:
        """Answer a challenge that asks for a new passkey (registration)."""
        self.owner = options["publicKey"]["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        kept = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(public)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | 0b1000000) + kept}
        said = self._said("create", options["publicKey"]["challenge"])
        return self._answer(clientDataJSON=websafe(said), attestationObject=websafe(cbor.encode(attestation)))

    def prove(self, options: dict[str, Any]) -> str:
        """Answer a challenge that asks for the passkey (authentication)."""
        said, data = self._said("get", options["publicKey"]["challenge"]), self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=websafe(said),
            authenticatorData=websafe(data),
            signature=websafe(signature),
            userHandle=self.owner,
        )
