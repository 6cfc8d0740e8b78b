"""The template filter that tells how wide a field's box is."""

from django import template
from django.forms.boundfield import BoundField

from egzaminator.core.fields.width import Width, width_of

register = template.Library()


@register.filter
def width(field: BoundField) -> Width:
    """Return the width of the box of a bound field, which is part of its CSS class."""
    return width_of(field.field)
