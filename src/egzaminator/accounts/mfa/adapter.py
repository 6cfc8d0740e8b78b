"""The hooks of allauth's second factors: encryption of secrets, and the names that apps and devices show."""

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from egzaminator.accounts.mfa.secrets import decrypt_text, encrypt_text
from egzaminator.accounts.models import Account
from egzaminator.core.board import current_board


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """The settings and hooks of allauth's second factors."""

    def encrypt(self, text: str) -> str:
        """Return an app's secret, or the seed of recovery codes, encrypted for the current account."""
        return encrypt_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the decrypted secret. Raise `UndecryptableError`."""
        return decrypt_text(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name under which authenticator apps list the account."""
        return current_board().short_name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site that passkeys belong to: always the public host, whatever host the request names."""
        return {"id": settings.PUBLIC_HOST, "name": current_board().short_name}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, str | bytes]:
        """Return the account as the device that keeps the passkey shows it."""
        return {"id": user.id.hex.encode(), "display_name": user.display_name, "name": user.email}
