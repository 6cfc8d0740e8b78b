import uuid

from egzaminator.kernel.tokens import token_digest


def device_digest(*, account_id: uuid.UUID, token: str) -> bytes:
    """Take an account's uuid and a browser's token; give the 32 bytes that the account knows the browser by."""
    return token_digest(f"{account_id}:{token}")
