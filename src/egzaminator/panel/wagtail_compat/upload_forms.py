"""Wagtail's forms for images and documents, with our own file fields."""

from typing import Any

from django import forms
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from egzaminator.panel.wagtail_compat.documents import PlainDocumentField
from egzaminator.panel.wagtail_compat.images import StillImageField


class ImageForm(BaseImageForm):  # type: ignore[misc]  # Wagtail has no types
    """Asks for an image, or for the description of an existing one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _put(StillImageField, self)


class DocumentForm(BaseDocumentForm):  # type: ignore[misc]  # Wagtail has no types
    """Asks for a document, or for the description of an existing one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _put(PlainDocumentField, self)

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error. Of a file that was refused nothing more is said: Wagtail's model would complain about none."""
        if field is None and "file" in self.errors and hasattr(error, "error_dict"):
            error.error_dict.pop("file", None)
        super().add_error(field, error)


def _put(kind: type[forms.FileField], form: forms.Form) -> None:
    """Replace Wagtail's file field by ours if the form has one. A declared field would appear in every form."""
    old = form.fields.get("file")
    if old is not None:
        form.fields["file"] = kind(label=old.label, required=old.required, widget=old.widget)
