from django.conf import settings


def public_url(path: str) -> str:
    """Take a path that begins with a slash; give the address that e-mails carry."""
    return f"{settings.PUBLIC_BASE_URL}{path}"
