"""The section of a person's page with what the register has of them."""

from collections.abc import Mapping

from django.http import HttpRequest

from egzaminator.panel.person.viewed import Viewed


def context(_request: HttpRequest, viewed: Viewed) -> Mapping[str, object]:
    """Return the context of `panel/person/register.html`."""
    return {"entries": viewed.entries}
