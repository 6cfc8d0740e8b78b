from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, override

from egzaminator.pages.site_data import current_site_data


def site(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame around every screen shows."""
    data = current_site_data()
    return {"site": data, "board": data.board, "DEMO": settings.DEMO, "other_language": _other_language(request)}


def _other_language(request: HttpRequest) -> dict[str, str]:
    """Give code, name and address of this page in the language it is not in; of the home page, if there is none."""
    code, name = next((code, name) for code, name in settings.LANGUAGES if code != get_language())
    path = f"/{request.path.lstrip('/')}"  # or the first part of `//evil.example/` would be read as another host
    address = translate_url(path, code)
    if address == path:
        with override(code):
            address = reverse("home")
    return {"code": code, "name": name, "address": address}
