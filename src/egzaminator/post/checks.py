import ipaddress
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from egzaminator.kernel.environment import Security
from egzaminator.kernel.tokens import new_token
from egzaminator.post.domain.public_url import public_url

# Mail programs wrap plain text at 76 characters or so, and a wrapped link is a broken one.
_LONGEST_LINE: Final = 75


@register(Tags.compatibility, deploy=True)
def check_links(**_: Any) -> list[CheckMessage]:
    """Refuse a public address so long that mailed links would not fit on a line."""
    surplus = len(public_url(f"/a/{new_token()}/")) - _LONGEST_LINE
    if surplus <= 0:
        return []
    return [
        Error(
            f"PUBLIC_BASE_URL is too long by {surplus} characters: links in e-mails would be broken in two.",
            id="post.E001",
        )
    ]


@register(Tags.security, deploy=True)
def check_mail_login(**_: Any) -> list[CheckMessage]:
    """Refuse to send the mail server's password in the clear to another machine."""
    server = settings.MAIL_SERVER
    if not server.user or server.security is not Security.NONE or _is_here(server.host):
        return []
    return [
        Error(
            "EMAIL_URL would send the mail server's password unencrypted. Use smtp+starttls:// or smtps://.",
            id="post.E002",
        )
    ]


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
