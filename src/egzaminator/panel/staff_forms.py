"""Forms by which administrators keep the staff."""

from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from egzaminator.core.fields import EmailAddressField, LineField
from egzaminator.panel.forms import ReasonForm
from egzaminator.staff.roles import Role

_AS_MAIL: Final = {"autocomplete": "off", "inputmode": "email"}


class RolesField(forms.TypedMultipleChoiceField):
    """The roles of a staff member: a checkbox for each, with what it may do."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Roles"),
            help_text=_("A person may have several."),
            choices=lambda: [
                (role.value, format_html("<span><strong>{}</strong> – {}</span>", role.label, role.summary))
                for role in Role
            ],
            coerce=Role,
            error_messages={"required": _("Choose at least one role"), "invalid_choice": _("Choose from these roles")},
            **kwargs,
        )


def _name() -> LineField:
    return LineField(
        label=_("First name and surname"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the first name and surname")},
    )


class InviteForm(forms.Form):
    """Asks whom to invite to the panel, and as what."""

    use_required_attribute = False
    in_use = _("Somebody on the staff has this e-mail address already: find them in the list.")

    name = _name()
    email = EmailAddressField(
        label=_("Work e-mail address"),
        help_text=_("They log in with it. The invitation goes there, and works for 24 hours."),
        widget=forms.EmailInput(attrs=_AS_MAIL),
    )
    roles = RolesField()


class RenameForm(forms.Form):
    """Asks for the name of a staff member."""

    prefix = "rename"
    use_required_attribute = False

    name = _name()


class MemberEmailForm(forms.Form):
    """Asks for the new work e-mail address of a staff member."""

    prefix = "email"
    use_required_attribute = False

    email = EmailAddressField(label=_("New work e-mail address"), widget=forms.EmailInput(attrs=_AS_MAIL))


class RolesForm(forms.Form):
    """Asks for the roles of a staff member."""

    prefix = "roles"
    use_required_attribute = False

    roles = RolesField()


class MemberFactorForm(ReasonForm):
    """Asks for the reason of removing a colleague's second factor."""

    prefix = "member-factor"
