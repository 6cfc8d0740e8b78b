import uuid

from egzaminator.kernel.tokens import token_digest


def device_digest(*, account_id: uuid.UUID, token: str) -> bytes:
    """Return the 32-byte digest by which an account knows the browser that holds a token."""
    return token_digest(f"{account_id}:{token}")
