"""Forms that ask for a new password or the current one, and what they say when it is refused."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.passwords import context_words
from egzaminator.accounts.domain.reauthentication import BY_LINK
from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.accounts.models import Account
from egzaminator.accounts.passwords import PasswordRefusedError, check_password, suggest_passphrase
from egzaminator.core.board import current_board
from egzaminator.core.fields import PasswordField
from egzaminator.rate_limits.errors import LimitReachedError

_SUGGESTIONS: Final = 5
PASSWORD_ERRORS: Final = (WrongPasswordError, LimitReachedError)


class NewPasswordForm(forms.Form):
    """A new password, entered twice.

    The form states the requirements beforehand. Afterwards it reports everything that is wrong with the password at
    once.
    """

    use_required_attribute = False

    new_password = PasswordField(
        label=_("New password"),
        autocomplete="new-password",
        error_messages={"required": _("Choose a password")},
    )
    repeated_password = PasswordField(
        label=_("Repeat the password"),
        autocomplete="new-password",
        error_messages={"required": _("Enter the password once more")},
    )

    def __init__(self, *args: Any, account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        field = self.fields["new_password"]
        field.help_text = _(
            "At least %(least)d characters, any you like, spaces too. Not your name, PESEL or number, and nothing that "
            "many people use. Four random words are easy to remember and hard to guess."
        ) % {"least": settings.PASSWORD_MIN_LENGTH}
        field.widget.attrs |= {
            "data-min-length": settings.PASSWORD_MIN_LENGTH,
            "data-suggestions": " ".join(suggest_passphrase() for _unused in range(_SUGGESTIONS)),
        }

    def clean(self) -> dict[str, object]:
        """Check the password against the policy, and the repeated password against the first."""
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("new_password")
        if not password:
            return cleaned
        try:
            check_password(password, context_words=self.context_words())
        except PasswordRefusedError as refused:
            self.add_error("new_password", [reason.label for reason in refused.reasons])
        repeated = cleaned.get("repeated_password")
        if repeated is not None and repeated != password:
            self.add_error("repeated_password", _("The two passwords differ. Enter the same one twice"))
        return cleaned

    def context_words(self) -> Iterable[str]:
        """Return the words that this person's password must not be made of."""
        board = current_board()
        words = [board.name, board.short_name, board.email]
        account = self.account
        if account is not None:
            words += [account.email, account.display_name]
            if account.examiner is not None:
                words += context_words(examiner=account.examiner)
        return words


class ChangePasswordForm(NewPasswordForm):
    """A new password, and the current one."""

    password = PasswordField(
        label=_("Current password"),
        error_messages={"required": _("Enter your current password")},
    )
    field_order = ["password", "new_password", "repeated_password"]

    def clean(self) -> dict[str, object]:
        """Refuse a new password that equals the current one."""
        cleaned = super().clean()
        if cleaned.get("new_password") and cleaned["new_password"] == cleaned.get("password"):
            self.add_error("new_password", _("This is your current password. Choose another one"))
        return cleaned


def add_password_error(form: forms.Form, error: Exception) -> None:
    """Add a password error to a form's password field: the password is wrong, or there were too many attempts."""
    if not isinstance(error, LimitReachedError):
        form.add_error("password", gettext("This is not your current password"))
    elif error.limit == BY_LINK.name:
        form.add_error("password", gettext("Too many attempts. Try again in an hour"))
    else:
        form.add_error("password", gettext("Too many attempts. Wait five minutes and try again"))
