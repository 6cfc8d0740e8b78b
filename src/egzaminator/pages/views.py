from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views import static
from django.views.decorators.cache import cache_control
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


@cache_control(public=True, max_age=24 * 60 * 60)  # an image that staff replace gets another name
def image(request: HttpRequest, path: str) -> HttpResponseBase:
    """Show an image of a page. Takes its path below the folder of uploads."""
    return static.serve(request, path, document_root=str(settings.MEDIA_ROOT))
