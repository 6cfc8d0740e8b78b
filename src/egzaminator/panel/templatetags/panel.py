"""Template tags of the panel's frame."""

from django import template

from egzaminator.panel.navigation import Link, links_for

register = template.Library()


@register.simple_tag(takes_context=True)
def panel_links(context: template.Context) -> list[Link]:
    """Return the links of the panel's navigation for the logged-in staff member."""
    return links_for(context["request"])
