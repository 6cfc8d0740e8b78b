"""The panel's help: the list of the guides, and each guide."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.cms.site_data import SiteLink
from egzaminator.panel.access import staff_only
from egzaminator.panel.guides import guides_for, load_guide


@staff_only
@require_http_methods(["GET", "HEAD"])
def guides(request: HttpRequest) -> HttpResponse:
    """List the guides: first those to what the staff member may do."""
    useful, others = guides_for(cast("Account", request.user))
    return render(request, "panel/guides.html", {"useful": useful, "others": others})


@staff_only
@require_http_methods(["GET", "HEAD"])
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide. All staff may read all of them: they hold nobody's data."""
    try:
        found = load_guide(slug)
    except KeyError as error:
        raise Http404 from error
    breadcrumbs = [SiteLink(_("Help"), reverse("guides"))]
    return render(request, "panel/guide.html", {"guide": found, "breadcrumbs": breadcrumbs})
