from typing import Any, Final

from django.core.checks import CheckMessage, Error, Tags, register

from egzaminator.core.tokens import new_token
from egzaminator.mail.domain.render import public_url

# Mail programs wrap plain text at about 76 characters, and a wrapped link is a broken one.
_LONGEST_LINE: Final = 75


@register(Tags.compatibility, deploy=True)
def check_links(**_: Any) -> list[CheckMessage]:
    """Reject a public base URL so long that mailed links would not fit on one line."""
    surplus = len(public_url(f"/a/{new_token()}/")) - _LONGEST_LINE
    if surplus <= 0:
        return []
    return [
        Error(
            f"PUBLIC_BASE_URL is too long by {surplus} characters: links in e-mails would be broken in two.",
            id="mail.E001",
        )
    ]
