"""The paths of mailed links, read whatever a mail program, or a person who copied them, put around the token."""

import re
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import register_converter
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_http_methods

# Characters around a token that are no part of it: quotes, brackets, spaces visible and invisible, line ends, slashes,
# and what is still percent-encoded because it was encoded twice or is not UTF-8.
_BEFORE: Final = r"(?:%[0-9A-Fa-f]{2}|[^\w-])*"
_AFTER: Final = r"(?:%[0-9A-Fa-f]{2}|[\W_])*"


class MailedTokenConverter:
    """Match the rest of a path, to its end: a token and the characters around it.

    It matches any rest, so that no path that begins like a mailed link falls through to a view that knows nothing of
    tokens. If there is no complete token, the value is "". An empty token opens nothing, and the link's own page says
    that the link is incomplete.
    """

    regex = r"(?s:.*)"
    complete = r"[A-Za-z0-9_-]{22}"
    """What a complete token looks like."""

    def to_python(self, value: str) -> str:
        """Return the token without the characters around it, or "" if there is no complete one."""
        found = re.fullmatch(f"{_BEFORE}({self.complete}){_AFTER}", value)
        return found.group(1) if found else ""

    def to_url(self, token: str) -> str:
        """Return the token with the slash that links end with."""
        return f"{token}/" if token else ""


register_converter(MailedTokenConverter, "mailed_token")


@require_http_methods(["GET", "HEAD"])
def capital_link(request: HttpRequest, start: str, rest: str) -> HttpResponseBase:
    """Redirect a path that begins in capitals to the link itself.

    The token stays as it is, because its letters are case-sensitive.
    """
    response = redirect(escape_uri_path(f"/{start.lower()}/{rest}"))
    response["Referrer-Policy"] = "strict-origin"
    return response
