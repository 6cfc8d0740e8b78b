"""The public pages, images and documents that staff edit."""

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

from egzaminator.web.page_cache import public_page

# A document may load and run nothing, whatever it contains.
_DOCUMENT_POLICY = {
    name: [NONE] for name in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")
}


@require_http_methods(["GET", "HEAD"])
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page: in Polish the one that staff edit, in English a short one."""
    if get_language() == "pl":
        return content(request, "")
    return render(request, "cms/default_home.html")


@require_http_methods(["GET", "HEAD"])
@public_page
def first_login_help(request: HttpRequest) -> HttpResponse:
    """Explain the first login step by step: in Polish on the page that staff edit, in English on a short one."""
    if get_language() == "pl":
        return content(request, request.path_info.lstrip("/"))
    return render(request, "cms/first_login_help.html")


@require_http_methods(["GET", "HEAD"])
@public_page
def content(request: HttpRequest, path: str) -> HttpResponse:
    """Show a page that staff edit. `path` is its URL path without the leading slash."""
    response: HttpResponse = serve(request, path)
    return response


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)  # a replaced image gets a new name
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a rendition of an image (the re-encoded copy that pages show) by its file name.

    Uploaded files are in other folders beside this one, and visitors must not reach them. Originals carry metadata that
    cameras write. Documents are served by Wagtail's view, which checks who may read them.
    """
    return static.serve(request, name, document_root=str(settings.MEDIA_ROOT / "images"))


@require_safe
@csp_replace(_DOCUMENT_POLICY)  # type: ignore[arg-type]  # its types know no views with arguments
def document(request: HttpRequest, document_id: str, filename: str) -> HttpResponse:
    """Return a document that staff uploaded, if the visitor may see it."""
    response: HttpResponse = serve_document(request, document_id, filename)
    return response
