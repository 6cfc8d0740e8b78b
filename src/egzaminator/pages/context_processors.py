from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override

from egzaminator.pages.site_data import current_site_data


def site(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame around every screen shows."""
    data = current_site_data()
    return {"site": data, "board": data.board, "DEMO": settings.DEMO, "other_language": _other_language(request)}


def _other_language(request: HttpRequest) -> dict[str, str]:
    """Give code, name and address of this page in the language it is not in; of the home page, if there is none.

    The address is made from the route, not from the path, which a stranger may have chosen: browsers take what follows
    two slashes, or a slash with a tab behind it, for another host.
    """
    code, name = next((code, name) for code, name in settings.LANGUAGES if code != get_language())
    match = request.resolver_match
    with override(code):
        address = reverse("home")
        if match is not None:
            with suppress(NoReverseMatch):
                translated = reverse(match.view_name, args=match.args, kwargs=match.kwargs)
                address = address if translated == request.path else translated
    return {"code": code, "name": name, "address": address}
