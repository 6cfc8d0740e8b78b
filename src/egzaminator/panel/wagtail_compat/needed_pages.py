from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Page

from egzaminator.cms.domain.needed_pages import needed_below


def refuse_for_needed(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Redirect back to the page, with the reason, if it or a page below it must stay on the site.

    Return None to let Wagtail delete or unpublish the page.
    """
    needed = needed_below(page)
    if not needed:
        return None
    names = ", ".join(f"„{one.title}”" for one in needed)
    messages.error(
        request,
        _(
            "This page must stay on the site: %(pages)s. The home page, the help with the first log-in, the "
            "accessibility declaration, the easy-to-read text and the information clause are needed. In place of the "
            "last three, choose another page in the settings first."
        )
        % {"pages": names},
    )
    return redirect("wagtailadmin_pages:edit", page.pk)
