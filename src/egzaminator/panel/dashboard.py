"""Notices on the panel's first screen."""

from typing import Any, Final

from django.http import HttpRequest
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from egzaminator.cms.domain.hold_scheduled import held_pages
from egzaminator.mail.domain.outage import current_outage
from egzaminator.mail.models import Outage

_MOST_PAGES: Final = 20


class HeldPagesPanel(Component):  # type: ignore[misc]  # Wagtail has no types
    """A notice on the panel's first screen: the pages that are held because a colleague's account is blocked."""

    template_name = "panel/held_pages.html"
    order = 0

    def __init__(self, pages: list[Page]) -> None:
        self._pages = pages

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Return the held pages."""
        return {"pages": self._pages}


def notify_of_held_pages(request: HttpRequest, panels: list[Component]) -> None:
    """Put the notice at the top of the panel's first screen while there are held pages."""
    pages = list(held_pages()[:_MOST_PAGES])
    if pages:
        panels.insert(0, HeldPagesPanel(pages))


class OutagePanel(Component):  # type: ignore[misc]  # Wagtail has no types
    """An alarm on the panel's first screen: e-mails are not being delivered."""

    template_name = "panel/outage.html"
    order = 0

    def __init__(self, outage: Outage, waiting: int) -> None:
        self._context = {"outage": outage, "waiting": waiting}

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Return the outage, and the number of e-mails that wait because of it."""
        return dict(self._context)


def notify_of_outage(request: HttpRequest, panels: list[Component]) -> None:
    """Put the alarm at the top of the panel's first screen while there is an outage."""
    found = current_outage()
    if found is not None:
        panels.insert(0, OutagePanel(*found))
