from django import template
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from egzaminator.kernel.form_marks import MARK_FIELD, make_mark, own_mark

register = template.Library()


@register.simple_tag(takes_context=True)
def whose(context: template.Context, subject: object, *view: object) -> SafeString:
    """Mark a form with whom it is for. Takes the subject, and the view it is sent to unless it is the page's own."""
    mark = make_mark(subject, str(view[0]), *view[1:]) if view else own_mark(context["request"], subject)
    return format_html('<input type="hidden" name="{}" value="{}">', MARK_FIELD, mark)


@register.simple_tag
def kept_as(view: str, subject: object) -> str:
    """Give the name under which a tab keeps what is typed: always the same for a form, and telling nothing of whose."""
    return salted_hmac("kernel.form_marks.kept_as", f"{view} {subject}", algorithm="sha256").hexdigest()[:32]
