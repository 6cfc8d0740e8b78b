from django import forms
from django.utils.translation import gettext as _

from egzaminator.accounts.domain.reauthentication import BY_LINK
from egzaminator.accounts.errors import WrongPasswordError
from egzaminator.rate_limits.errors import LimitReachedError

PASSWORD_ERRORS = (WrongPasswordError, LimitReachedError)


def add_password_error(form: forms.Form, error: Exception) -> None:
    """Add a password error to a form's password field: the password is wrong, or there were too many attempts."""
    if not isinstance(error, LimitReachedError):
        form.add_error("password", _("This is not your current password"))
    elif error.limit == BY_LINK.name:
        form.add_error("password", _("Too many attempts. Try again in an hour"))
    else:
        form.add_error("password", _("Too many attempts. Wait five minutes and try again"))
