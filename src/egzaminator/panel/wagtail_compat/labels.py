"""Words of Wagtail's that no catalogue can translate, because it derives them from names in its code."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import choosers
from wagtail.admin.paginator import WagtailPaginator
from wagtail.contrib.redirects.forms import RedirectForm

_LABELS: Final = {
    "link_text": _("Text of the link"),
    "email_address": _("E-mail address"),
    "subject": _("Subject"),
    "body": _("Text of the e-mail"),
    "phone_number": _("Phone number"),
}
_LINKS: Final[tuple[type[forms.Form], ...]] = (
    choosers.ExternalLinkChooserForm,
    choosers.AnchorLinkChooserForm,
    choosers.EmailLinkChooserForm,
    choosers.PhoneLinkChooserForm,
)
_WHOLE_URL: Final = _("Type the whole address, for example https://www.oke.poznan.pl/.")


def complete_labels() -> None:
    """Give these forms their labels and advice, and lists of any language's plurals a number instead of a noun."""
    for form in _LINKS:
        for name, label in _LABELS.items():
            if name in form.base_fields:
                form.base_fields[name].label = label
    choosers.AnchorLinkChooserForm.base_fields["url"].label = _("Name of the place on the page")
    for field in (choosers.ExternalLinkChooserForm.base_fields["url"], RedirectForm.base_fields["redirect_link"]):
        field.error_messages = {**field.error_messages, "invalid": _WHOLE_URL}
    RedirectForm.base_fields["redirect_link"].help_text = _WHOLE_URL
    WagtailPaginator.items_count_label = property(_count)


def _count(paginator: Any) -> str:
    return gettext("Total: %(count)s") % {"count": paginator.count}
