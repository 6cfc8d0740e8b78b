"""The reasons for which the password policy refuses a password."""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

MAX_LENGTH: Final = 128


class PasswordProblem(Enum):
    """A reason to refuse a password.

    The members stand in the order in which people should read them.
    """

    TOO_SHORT = _("Use at least %(least)d characters; a few words are easier to remember than odd signs")
    TOO_LONG = _("Use at most %(most)d characters")
    COMMON = _("This password is one that many people use, or such a one with something added: choose another")
    LEAKED = _("This password was stolen from another service and published: choose another, and change it there too")
    REPEATED = _("This password repeats the same characters: choose one that does not")
    SEQUENCE = _("This password follows the keyboard, the alphabet or the digits: choose one that does not")
    PERSONAL = _("This password is made of your data or of the board's: choose one that nobody can guess from them")

    @property
    def label(self) -> str:
        """Return the sentence for the user, in the active language."""
        return gettext(self.value) % {"least": settings.PASSWORD_MIN_LENGTH, "most": MAX_LENGTH}


class PasswordRefusedError(ValueError):
    """A password that nobody should have.

    `reasons` holds the reasons in the order of `PasswordProblem`. The error never carries the password.
    """

    def __init__(self, reasons: Iterable[PasswordProblem]) -> None:
        found = set(reasons)
        self.reasons = tuple(reason for reason in PasswordProblem if reason in found)
        super().__init__(", ".join(reason.name for reason in self.reasons))
