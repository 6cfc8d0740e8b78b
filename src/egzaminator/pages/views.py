from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods
from wagtail.views import serve

from egzaminator.pages.public import public_page


@require_http_methods(["GET", "HEAD"])
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page: in Polish the one that staff edit, in English a short one."""
    if get_language() == "pl":
        return content(request, "")
    return render(request, "pages/home.html")


@require_http_methods(["GET", "HEAD"])
@public_page
def first_login_help(request: HttpRequest) -> HttpResponse:
    """Explain the first login, step by step: in Polish as staff have it, in English in short."""
    if get_language() == "pl":
        return content(request, request.path_info.lstrip("/"))
    return render(request, "pages/first_login_help.html")


@require_http_methods(["GET", "HEAD"])
@public_page
def content(request: HttpRequest, path: str) -> HttpResponse:
    """Show a page that staff edit. Takes its path without the leading slash."""
    response: HttpResponse = serve(request, path)
    return response
