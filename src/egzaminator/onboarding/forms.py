from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.email_forms import DoubtedAddressForm, put_value
from egzaminator.accounts.forms import DetailsForm, Fieldset
from egzaminator.accounts.password_forms import NewPasswordForm
from egzaminator.core.fields import PasswordField
from egzaminator.core.text import LONGEST_RAW
from egzaminator.core.typed_text import put_typed_text
from egzaminator.onboarding.domain.claims import hash_for_form
from egzaminator.onboarding.domain.grant import ClaimScope, open_sealed_password, seal_password
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.models import Entry, Examiner


class ClaimForm(DoubtedAddressForm, NewPasswordForm, DetailsForm):
    """The form of a first login.

    After validation `password_hash` holds the hash to save. If another field is wrong, a valid password comes back as
    an encrypted hash in a hidden field, so that it need not be typed again.
    """

    sealed_password = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["email", "confirmed_email", "new_password", "repeated_password"]

    def __init__(self, *args: Any, scope: ClaimScope | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.examiner = Examiner.objects.filter(pk=scope.examiner_id).first() if scope else None
        self.is_password_kept = False
        self.password_hash = self._opened_seal()
        if self.password_hash:
            self.keep_password(self.password_hash)

    def unchecked(self) -> "ClaimForm":
        """Return a copy with what was typed and no errors; a valid password is carried encrypted."""
        is_fine = self.is_valid() or self.is_password_kept
        shown = ClaimForm(scope=self.scope)
        put_typed_text(shown, self.data)
        if is_fine and self.password_hash:
            shown.keep_password(self.password_hash)
        return shown

    @property
    def fieldsets(self) -> list[Fieldset]:
        """The fieldsets in the order of the page."""
        passwords = [] if self.is_password_kept else ["new_password", "repeated_password"]
        account = Fieldset.of(self, name="account", legend=_("Account"), fields=[*self.email_fields, *passwords])
        return [account, *super().fieldsets]

    def clean(self) -> dict[str, Any]:
        """Hash and encrypt a newly typed password if it is valid; one that came back encrypted stays."""
        cleaned = super().clean()
        password = str(cleaned.get("new_password") or "")
        is_fine = password and not ({"new_password", "repeated_password"} & set(self.errors))
        if is_fine and self.examiner and self.scope:
            try:
                self.password_hash = hash_for_form(
                    password=password, salt=self.examiner.password_salt, scope_id=self.scope.id
                )
            except LimitReachedError:
                self.add_error("new_password", _("Too many attempts. Try again in an hour"))
            else:
                self.keep_password(self.password_hash)
        return cleaned

    def context_words(self) -> Iterable[str]:
        """Return the words that the password must not be made of: only those that this person has typed.

        They were typed into this form, or into the log-in before it. The register's other data are left out: a refusal
        would disclose them to whoever knows one registration number of somebody. The first log-in checks the password
        against them.
        """
        fields = ("email", "first_name", "middle_names", "surname")
        names = [self.data.get(name, "")[:LONGEST_RAW] for name in fields]
        return [*super().context_words(), *names, *self._used_to_log_in()]

    def _used_to_log_in(self) -> list[str]:
        if self.scope is None or self.examiner is None:
            return []
        pesel = self.examiner.pesel
        numbers = Entry.objects.filter(pk=self.scope.entry_id).values_list("number", flat=True)
        return [pesel.digits if pesel else self.examiner.identifier, *numbers]

    def _opened_seal(self) -> str:
        """Return the hash from the encrypted field; "" if it is not for this grant or a new password was typed."""
        sealed = self.data.get("sealed_password")
        if not sealed or self.data.get("new_password") or self.data.get("repeated_password") or self.scope is None:
            return ""
        return open_sealed_password(sealed=sealed, scope_id=self.scope.id) or ""

    def keep_password(self, encoded: str) -> None:
        """Carry a password's hash, encrypted, in the hidden field, and require no password to be typed."""
        if self.scope is None:
            return
        sealed = seal_password(encoded=encoded, scope_id=self.scope.id)
        if self.is_bound:
            put_value(self, "sealed_password", sealed)
        self.initial["sealed_password"] = sealed
        for name in ("new_password", "repeated_password"):
            self.fields[name].required = False
        self.is_password_kept = True


class CorrectAddressForm(DoubtedAddressForm):
    """Asks for another e-mail address for the activation, and for the form's password."""

    password = PasswordField(
        label=_("Password that you chose in the form"),
        error_messages={"required": _("Enter the password that you chose in the form")},
    )


class ActivationForm(forms.Form):
    """The activation button, and the password if this browser has not proven the claim."""

    use_required_attribute = False

    password = PasswordField(
        label=_("Password that you chose in the form"),
        help_text=_("You opened the link in another browser or on another device, so we ask for it."),
        error_messages={"required": _("Enter the password that you chose in the form")},
    )

    def __init__(self, data: Any = None, *, needs_password: bool) -> None:
        super().__init__(data)
        if not needs_password:
            del self.fields["password"]
