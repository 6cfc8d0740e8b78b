"""Access checks for the pages and documents that staff keep private."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.documents.models import Document
from wagtail.models import BaseViewRestriction, Page


def guard_page(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Refuse a private page to a visitor who may not see it. Return None to let Wagtail go on."""
    return _guard(page.get_view_restrictions(), request)


def guard_document(document: Document, request: HttpRequest) -> HttpResponse | None:
    """Refuse a document of a private collection to a visitor who may not see it. Return None to let Wagtail go on."""
    return _guard(document.collection.get_view_restrictions(), request)


def _guard(restrictions: Iterable[BaseViewRestriction], request: HttpRequest) -> HttpResponse | None:
    """Redirect an anonymous visitor to the log-in. Raise `PermissionDenied` for a logged-in one without the right.

    Raise `Http404` for a page behind a shared password. Wagtail would redirect to screens of its own, which this site
    does not have: it has one log-in and no shared passwords.
    """
    for restriction in restrictions:
        if restriction.restriction_type == BaseViewRestriction.PASSWORD:
            raise Http404
        if not restriction.accept_request(request):
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect_to_login(request.get_full_path())
    return None


hooks.register("before_serve_page", guard_page, order=-1)  # before Wagtail's own
hooks.register("before_serve_document", guard_document, order=-1)
