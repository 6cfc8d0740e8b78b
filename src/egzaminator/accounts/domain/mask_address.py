def mask_address(email: str) -> str:
    """Return an e-mail address in a form that only its owner recognises: `a•••@wp.pl`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
