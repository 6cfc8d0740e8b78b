"""Template tags that bind a form, and what is typed into it, to the person it is for."""

from django import template
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from egzaminator.core.form_marks import MARK_FIELD, make_mark, own_mark

register = template.Library()


@register.simple_tag(takes_context=True)
def whose(context: template.Context, subject: object, *view: object) -> SafeString:
    """Return the hidden input that marks a form with its subject.

    The form is sent to the given view (URL name and arguments), or to the page's own view if none is given.
    """
    mark = make_mark(subject, str(view[0]), *view[1:]) if view else own_mark(context["request"], subject)
    return format_html('<input type="hidden" name="{}" value="{}">', MARK_FIELD, mark)


@register.simple_tag
def kept_as(view: str, subject: object) -> str:
    """Return the key under which a browser tab stores what is typed into a form.

    The key is always the same for one form and subject, and it does not disclose the subject.
    """
    return salted_hmac("core.form_marks.kept_as", f"{view} {subject}", algorithm="sha256").hexdigest()[:32]
