import datetime
from typing import Self

from django.conf import settings


def public_url(path: str) -> str:
    """Return the absolute URL, as e-mails carry it, of a path that begins with a slash."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


class OneTimeUrl(str):
    """The absolute URL of the page behind a mailed one-time link. Whoever has it may do what the page does.

    An e-mail with such a URL is not sent after its `expires_at`. No sent copy keeps the URL.
    """

    __slots__ = ("expires_at",)
    expires_at: datetime.datetime

    def __new__(cls, url: str, *, expires_at: datetime.datetime) -> Self:
        """Make it from the URL and the moment at which the link expires."""
        made = super().__new__(cls, url)
        made.expires_at = expires_at
        return made
