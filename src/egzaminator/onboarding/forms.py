"""The form of a first login, and the forms that correct and activate its claim."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.email_forms import DoubtedEmailForm, put_value
from egzaminator.accounts.forms import DetailsForm, Fieldset
from egzaminator.accounts.password_forms import NewPasswordForm
from egzaminator.core.fields import PasswordField
from egzaminator.core.forms import Part
from egzaminator.core.text import LONGEST_RAW
from egzaminator.core.typed_text import put_typed_text
from egzaminator.onboarding.domain.claims import hash_for_form
from egzaminator.onboarding.domain.grant import ClaimGrant, decrypt_password, encrypt_password
from egzaminator.onboarding.privacy_notice import current_version
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.models import Entry, Examiner


class ClaimForm(DoubtedEmailForm, NewPasswordForm, DetailsForm):
    """The form of a first login.

    After validation `password_hash` holds the hash to save. If another field is wrong, a valid password comes back as
    an encrypted hash in a hidden field, so that it need not be typed again.
    """

    encrypted_password = forms.CharField(required=False, widget=forms.HiddenInput)
    # The version that the page showed: a new one may be published before the form is saved.
    privacy_notice = forms.CharField(required=False, widget=forms.HiddenInput, initial=current_version)
    field_order = ["email", "confirmed_email", "new_password", "repeated_password"]

    def __init__(self, *args: Any, grant: ClaimGrant | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grant = grant
        self.examiner = Examiner.objects.filter(pk=grant.examiner_id).first() if grant else None
        self.is_password_kept = False
        self.password_hash = self._decrypted_password()
        if self.password_hash:
            self.keep_password(self.password_hash)

    def unchecked(self) -> "ClaimForm":
        """Return a copy with what was typed and no errors; a valid password is carried encrypted."""
        is_fine = self.is_valid() or self.is_password_kept
        shown = ClaimForm(grant=self.grant)
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

    @property
    def parts(self) -> list[Part]:
        """The parts of the form, as the page numbers them."""
        return Part.list_of(self.fieldsets)

    def clean(self) -> dict[str, Any]:
        """Hash and encrypt a newly typed password if it is valid; one that came back encrypted stays."""
        cleaned = super().clean()
        password = str(cleaned.get("new_password") or "")
        is_fine = password and not ({"new_password", "repeated_password"} & set(self.errors))
        if is_fine and self.examiner and self.grant:
            try:
                self.password_hash = hash_for_form(
                    password=password, salt=self.examiner.password_salt, grant_id=self.grant.id
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
        if self.grant is None or self.examiner is None:
            return []
        pesel = self.examiner.pesel
        numbers = Entry.objects.filter(pk=self.grant.entry_id).values_list("number", flat=True)
        return [pesel.digits if pesel else self.examiner.identifier, *numbers]

    def _decrypted_password(self) -> str:
        """Return the hash from the encrypted field; "" if it is not for this grant or a new password was typed."""
        encrypted = self.data.get("encrypted_password")
        if not encrypted or self.data.get("new_password") or self.data.get("repeated_password") or self.grant is None:
            return ""
        return decrypt_password(encrypted=encrypted, grant_id=self.grant.id) or ""

    def keep_password(self, encoded: str) -> None:
        """Carry a password's hash, encrypted, in the hidden field, and require no password to be typed."""
        if self.grant is None:
            return
        encrypted = encrypt_password(encoded=encoded, grant_id=self.grant.id)
        if self.is_bound:
            put_value(self, "encrypted_password", encrypted)
        self.initial["encrypted_password"] = encrypted
        for name in ("new_password", "repeated_password"):
            self.fields[name].required = False
        self.is_password_kept = True


class CorrectEmailForm(DoubtedEmailForm):
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
