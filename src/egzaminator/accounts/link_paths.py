"""How the paths of mailed links are read, whatever a mail program, or a hand that copied them, put around the token."""

import re
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import register_converter
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_http_methods

# What stands around a token without being part of it: quotes, brackets, spaces seen and unseen, ends of lines, slashes,
# and what is still percent-encoded: twice encoded, or no UTF-8.
_AROUND: Final = r"(?:%[0-9A-Fa-f]{2}|[\W_])*"
_SURROUNDED: Final = re.compile(rf"(?:%[0-9A-Fa-f]{{2}}|[^\w-])*([A-Za-z0-9_-]{{22}}){_AROUND}")


class MailedTokenConverter:
    """The rest of a path, to its end: a token and what stands around it; empty where there is no whole token.

    It takes any rest, so that nothing that begins like a mailed link falls through to a view that knows nothing of
    tokens. An empty token opens nothing, and the link's own page says that it is not complete.
    """

    regex = r"(?s:.*)"

    def to_python(self, value: str) -> str:
        """Return the token alone."""
        found = _SURROUNDED.fullmatch(value)
        return found.group(1) if found else ""

    def to_url(self, token: str) -> str:
        """Return the token as links end, with a slash."""
        return f"{token}/" if token else ""


register_converter(MailedTokenConverter, "mailed_token")


@require_http_methods(["GET", "HEAD"])
def capital_link(request: HttpRequest, start: str, rest: str) -> HttpResponseBase:
    """Lead from a path that begins in capitals to the link itself. The token keeps its letters: their case counts."""
    response = redirect(escape_uri_path(f"/{start.lower()}/{rest}"))
    response["Referrer-Policy"] = "strict-origin"
    return response
