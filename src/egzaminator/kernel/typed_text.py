"""What somebody typed into a form, put into it once more without being checked: no error is shown, nothing is saved."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from django import forms
from django.http import HttpRequest, QueryDict

Form = TypeVar("Form", bound=forms.BaseForm)

# The name of the button that asks for the same page, with what was typed, in the other language.
TRANSLATE_FIELD: Final = "in-this-language"


def put_typed_text(form: forms.BaseForm, sent: Mapping[str, Any]) -> None:
    """Have an unbound form show what was sent. Passwords, and what a page carries unseen, are left out."""
    form.initial = {**(form.initial or {}), **_typed(form, sent)}


def show_typed_text(request: HttpRequest) -> None:
    """Have a view treat a form that was sent as a page that is looked at, of which it can save nothing.

    What was typed moves to `typed_text`, where a view that shows the form finds it.
    """
    request.typed_text = request.POST  # type: ignore[attr-defined]  # read by typed_text_of alone
    request.POST = QueryDict()
    request.method = "GET"


def typed_text_of(request: HttpRequest) -> QueryDict | None:
    """Give what was typed into a form that is only to be shown again, or None."""
    return getattr(request, "typed_text", None)


def with_typed_text(form: Form, request: HttpRequest) -> Form:
    """Give the form with what was typed into it, if it is only to be shown again."""
    sent = typed_text_of(request)
    if sent is not None:
        put_typed_text(form, sent)
    return form


def _typed(form: forms.BaseForm, sent: Mapping[str, Any]) -> dict[str, Any]:
    typed = {}
    for name, field in form.fields.items():
        widget = field.widget
        if not widget.is_hidden and not isinstance(widget, forms.PasswordInput):
            typed[name] = widget.value_from_datadict(sent, {}, form.add_prefix(name))
    return typed
