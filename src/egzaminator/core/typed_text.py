"""Redisplay of a submitted form with the typed text in it, but without validation, errors or saving."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from django import forms
from django.http import HttpRequest, QueryDict

Form = TypeVar("Form", bound=forms.BaseForm)

# Name of the submit button that requests the same page in the other language, with the typed text kept.
TRANSLATE_FIELD: Final = "in-this-language"


def put_typed_text(form: forms.BaseForm, sent: Mapping[str, Any]) -> None:
    """Make an unbound form show the submitted values. Passwords and hidden fields are left out."""
    form.initial = {**(form.initial or {}), **_typed(form, sent)}


def show_typed_text(request: HttpRequest) -> None:
    """Turn a submitted form into a GET request, so that its view only displays the page and cannot save anything.

    The submitted values move to `request.typed_text`. A view that shows the form reads them with `typed_text_of`.
    """
    request.typed_text = request.POST  # type: ignore[attr-defined]  # read by typed_text_of alone
    request.POST = QueryDict()
    request.method = "GET"


def typed_text_of(request: HttpRequest) -> QueryDict | None:
    """Return the submitted values of a form that is only redisplayed, or None for any other request."""
    return getattr(request, "typed_text", None)


def with_typed_text(form: Form, request: HttpRequest) -> Form:
    """Return the form, filled with the submitted values if it is only redisplayed."""
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
