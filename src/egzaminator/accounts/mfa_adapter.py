from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from egzaminator.accounts.factor_secrets import seal, unseal
from egzaminator.accounts.models import Account
from egzaminator.kernel.board import current_board


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """What allauth's second factors ask of this project."""

    def encrypt(self, text: str) -> str:
        """Encrypt the secret of an app, or what recovery codes are made of, for the account in hand."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again. Raises UndecryptableError."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Give the name that authenticator apps list the account under."""
        return current_board().short_name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the site that passkeys belong to: by its public host, whatever host was asked for."""
        return {"id": settings.PUBLIC_HOST, "name": current_board().short_name}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, str | bytes]:
        """Name the account to the device that keeps the passkey."""
        return {"id": user.id.hex.encode(), "display_name": user.display_name, "name": user.email}
