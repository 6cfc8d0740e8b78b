"""Detect browsers that keep no cookies.

A log-in without cookies would end at an empty log-in page, and the user would not know why.
"""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

# The log-in forms carry this field. A program that logs in does not send it: it knows itself whether it keeps cookies.
ASKED: Final = "check-cookies"


def through_cookie_check(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Redirect a browser that sent no cookies by way of the page that checks whether it kept the response's.

    The log-in box stands on pages that set no cookies, so on a first visit this cannot be known before the log-in.
    Return any other response unchanged.
    """
    if ASKED in request.POST and not request.COOKIES and isinstance(response, HttpResponseRedirect):
        response["Location"] = f"{reverse('cookie-check')}?{urlencode({'next': response.url})}"
    return response
