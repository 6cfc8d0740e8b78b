"""The hooks of allauth's second factors: encryption of secrets, and the names that apps and devices show."""

from collections.abc import Sequence
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from egzaminator.accounts.mfa.secrets import decrypt_text, encrypt_text
from egzaminator.accounts.models import Account
from egzaminator.core.board import current_board
from egzaminator.core.statements import is_there

_HAS_SECOND_FACTOR: Final = "SELECT FROM mfa_authenticator WHERE user_id = %s AND type = ANY(%s)"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """The settings and hooks of allauth's second factors."""

    def encrypt(self, text: str) -> str:
        """Return an app's secret, or the seed of recovery codes, encrypted for the current account."""
        return encrypt_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the decrypted secret. Raise `UndecryptableError`."""
        return decrypt_text(encrypted_text)

    def is_mfa_enabled(self, user: Account | AnonymousUser, types: Sequence[str] | None = None) -> bool:
        """Return whether an account has a second factor, of one of some types if these are given."""
        if types is None or user.is_anonymous:
            return bool(super().is_mfa_enabled(user, types))
        return is_there(_HAS_SECOND_FACTOR, [user.pk, list(types)])

    def get_totp_issuer(self) -> str:
        """Return the name under which authenticator apps list the account."""
        return current_board().short_name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site that passkeys belong to: always the public host, whatever host the request names."""
        return {"id": settings.PUBLIC_HOST, "name": current_board().short_name}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, str | bytes]:
        """Return the account as the device that keeps the passkey shows it."""
        return {"id": user.id.hex.encode(), "display_name": user.display_name, "name": user.email}
