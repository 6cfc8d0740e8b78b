import datetime
from typing import Self

from django.conf import settings


def public_url(path: str) -> str:
    """Take a path that begins with a slash; give the address that e-mails carry."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


class OneTimeUrl(str):
    """The whole address of a page behind a mailed one-time link. Whoever has it may do what the page does.

    An e-mail with such an address is not sent any more from `expires_at` on, and no copy keeps it.
    """

    __slots__ = ("expires_at",)
    expires_at: datetime.datetime

    def __new__(cls, url: str, *, expires_at: datetime.datetime) -> Self:
        """Make it of the address and of the moment from which the link does not work."""
        made = super().__new__(cls, url)
        made.expires_at = expires_at
        return made
