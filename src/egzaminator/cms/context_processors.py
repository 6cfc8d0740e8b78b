from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override

from egzaminator.cms.site_data import current_site_data


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the template variables of the frame around every screen."""
    data = current_site_data()
    return {"site": data, "board": data.board, "DEMO": settings.DEMO, "other_language": _other_language(request)}


def _other_language(request: HttpRequest) -> dict[str, str]:
    """Return the code and name of the other language, and the URL path of this page in it.

    The URL is that of the home page when this page has none in the other language. It is reversed from the route and
    never copied from the request's path. An attacker may have chosen that path: browsers read `//host`, or a slash
    followed by a tab, as the start of another host.
    """
    code, name = next((code, name) for code, name in settings.LANGUAGES if code != get_language())
    match = request.resolver_match
    with override(code):
        url = reverse("home")
        if match is not None:
            with suppress(NoReverseMatch):
                translated = reverse(match.view_name, args=match.args, kwargs=match.kwargs)
                url = url if translated == request.path else translated
    return {"code": code, "name": name, "url": url}
