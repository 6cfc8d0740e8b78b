def mask_address(email: str) -> str:
    """Take an e-mail address; give it so that only its owner knows it again: `a•••@wp.pl`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
