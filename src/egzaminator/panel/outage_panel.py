from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from egzaminator.post.domain.outage import current_outage
from egzaminator.post.models import Outage


class OutagePanel(Component):  # type: ignore[misc]  # Wagtail is not typed
    """An alarm on the panel's first screen: e-mails are not being delivered."""

    template_name = "panel/outage.html"
    order = 0

    def __init__(self, outage: Outage, waiting: int) -> None:
        self._context = {"outage": outage, "waiting": waiting}

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Return the outage, and the number of e-mails that wait because of it."""
        return dict(self._context)


def tell_of_outage(request: HttpRequest, panels: list[Component]) -> None:
    """Put the alarm at the top of the panel's first screen while there is an outage."""
    found = current_outage()
    if found is not None:
        panels.insert(0, OutagePanel(*found))
