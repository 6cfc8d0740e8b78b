from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.documents.views.serve import serve as serve_document
from wagtail.views import serve

from egzaminator.pages.public import public_page

# A document shows itself and nothing else, whatever is in it.
_DOCUMENT_POLICY = {name: [NONE] for name in ("script-src", "style-src", "img-src", "connect-src", "form-action")}


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


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)  # an image that staff replace gets another name
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show an image as pages show it, drawn anew, by its bare name.

    What staff sent stands in other folders beside this one, and is no business of a visitor's: originals with what
    cameras write into them, and documents, which Wagtail's view gives to whoever may read them.
    """
    return static.serve(request, name, document_root=str(settings.MEDIA_ROOT / "images"))


@require_safe
@csp_replace(_DOCUMENT_POLICY)  # type: ignore[arg-type]  # its types know no views with arguments
def document(request: HttpRequest, document_id: str, filename: str) -> HttpResponse:
    """Give a document that staff put on a page to whoever may see it."""
    response: HttpResponse = serve_document(request, document_id, filename)
    return response
