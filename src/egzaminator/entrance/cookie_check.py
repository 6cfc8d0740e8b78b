"""Whether the browser keeps cookies: whoever logs in without would land on an empty log-in page, and not know why."""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

# The log-in forms carry it; a program that logs in knows of itself whether it keeps cookies.
ASKED: Final = "check-cookies"


def through_cookie_check(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Lead a browser that has sent no cookie past the page that looks whether it kept those of the answer.

    The box stands on pages that set none, so at a first visit nobody can tell before.
    """
    if ASKED in request.POST and not request.COOKIES and isinstance(response, HttpResponseRedirect):
        response["Location"] = f"{reverse('cookie-check')}?{urlencode({'next': response.url})}"
    return response
