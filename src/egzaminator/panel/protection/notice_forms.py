"""The form that publishes a new version of the information clause."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.email_forms import put_value


class NoticeForm(forms.Form):
    """Asks what is new in the clause, and carries the digest of the text that the page showed."""

    use_required_attribute = False

    changes = forms.CharField(
        label=_("What has changed"),
        help_text=_("In a few sentences, for examiners: they read it first. 1000 characters at most."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write what has changed"),
            "max_length": _("Write it in 1000 characters at most"),
        },
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, html: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.digest = hashlib.sha256(html.encode()).hexdigest()
        self.initial["seen"] = self.digest

    def clean(self) -> dict[str, Any]:
        """Refuse to publish a text that the page did not show."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.digest:
            put_value(self, "seen", self.digest)
            self.add_error(
                None, _("The page with the clause has changed meanwhile. Read the text below and publish once more.")
            )
        return cleaned
