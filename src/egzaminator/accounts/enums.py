"""The choices of accounts: link purposes, states and outcomes, security notices, employment, voivodeships."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LinkPurpose(TextChoices):
    """What a mailed one-time link does."""

    ACTIVATE = "activate", _("to activate the account")
    STOP_CLAIM = "stop-claim", _("to stop a form")
    RESET = "reset", _("to set a new password")
    FREEZE = "freeze", _("to freeze the account")
    NEW_EMAIL = "new-email", _("to confirm a new e-mail address")
    CONFIRM_EMAIL = "confirm-email", _("to confirm that e-mails arrive")


class AccountState(TextChoices):
    """Whether anybody can log in to an account.

    Only `accounts/domain/account_state.py` writes it.
    """

    ACTIVE = "active", pgettext_lazy("account", "active")
    FROZEN = "frozen", pgettext_lazy("account", "blocked")  # until staff return it to its owner
    # For good: the examiner died, the staff member left, or the account was joined with the owner's other one.
    CLOSED = "closed", pgettext_lazy("account", "closed")


class Barred(TextChoices):
    """Who, or which rule, made an account inactive."""

    LINK = "link", _("by a link in an e-mail: “it was not me”")
    STAFF = "staff", _("by the board, for the owner")
    DEATH = "death", _("the register records the death")
    DEATH_WITHDRAWN = "death-withdrawn", _("the record of a death was withdrawn")
    LEFT = "left", _("no longer works at the board")
    JOINED = "joined", _("the owner had another account, which stays")


class EmailChangeOutcome(TextChoices):
    """How an e-mail change ended."""

    CONFIRMED = "confirmed", _("confirmed from the new mailbox")
    CANCELLED = "cancelled", _("cancelled by its owner")
    SUPERSEDED = "superseded", _("replaced by another change")
    STOPPED = "stopped", _("stopped by a new password or by freezing")
    RESTORED = "restored", _("taken back from the former mailbox")
    GIVEN_BACK = "given-back", _("set by the board, with the account given back")

    @classmethod
    def made(cls) -> list["EmailChangeOutcome"]:
        """Return the outcomes after which the account has the new address."""
        return [cls.CONFIRMED, cls.RESTORED, cls.GIVEN_BACK]


class ActKind(TextChoices):
    """What staff do with an account only by two persons (staff/domain/acts.py).

    The kinds are defined here because an account's owner also reads about them.
    """

    GIVE_BACK = "give-back", _("to give the account back")
    RESET_SECOND_FACTOR = "reset-second-factor", _("to take the second factor away")
    CORRECT_EMAIL = "correct-email", _("to correct the e-mail address")
    JOIN = "join", _("to join two records with their accounts")
    DELETE = "delete", _("to delete the account")


class ActOutcome(TextChoices):
    """How an act by two persons ended."""

    DONE = "done", _("done")
    REFUSED = "refused", _("refused by a second person")
    WITHDRAWN = "withdrawn", _("taken back by the one who asked")
    LAPSED = "lapsed", _("not done: nobody agreed in time, or things had changed")


class ProofReason(StrEnum):
    """What a person proves who they are for: a log-in, or reauthentication within a session."""

    LOGIN = "login"
    REAUTHENTICATION = "reauthentication"


class SecurityNews(TextChoices):
    """What an account's owner is notified of about the account's security."""

    TOTP_ADDED = "totp-added", _("An authenticator app was added. From now on, logging in also takes a code from it.")
    TOTP_REMOVED = "totp-removed", _("The authenticator app was removed.")
    PASSKEY_ADDED = "passkey-added", _("A passkey was added. From now on, it logs in to your account.")
    PASSKEY_REMOVED = "passkey-removed", _("A passkey was removed.")
    CODES_MADE = "codes-made", _("New recovery codes were made. The earlier ones no longer work.")
    CODES_LOW = "codes-low", _("A recovery code was used, and few are left. Make new ones in “My account”.")
    RESET = "reset", _("The board removed the second factor, the passkeys and the recovery codes.")
    GIVEN_BACK = (
        "given-back",
        _(
            "The board gave the account back to its owner. A link to set a new password by went to a mailbox of the "
            "account; the second factor, the passkeys and the known devices are gone."
        ),
    )
    EMAIL_CORRECTED = (
        "email-corrected",
        _(
            "The board corrected the e-mail address of the account, after somebody had called. Whoever was logged "
            "in has been logged out, and the old password no longer works."
        ),
    )
    ACT_ENDED = (
        "act-ended",
        _("The board does not do what it was asked to do with your account."),
    )
    LOOKUPS = (
        "look-ups",
        _("Whoever is logged in to your account has looked up very many people in the staff panel, and has to wait."),
    )
    WRONG_CODES = (
        "wrong-codes",
        _("Somebody gave the right password and then wrong codes, several times. Not you? Set a new password."),
    )
    WRONG_PROOFS = (
        "wrong-proofs",
        _(
            "Somebody who is logged in to your account gave wrong passwords or codes, several times. Not you? Set a "
            "new password."
        ),
    )


class Employment(TextChoices):
    """Whom an examiner works for."""

    SCHOOL = "school", _("school or educational institution")
    UNIVERSITY = "university", _("university")
    EMPLOYER = "employer", _("other employer")
    SELF_EMPLOYED = "self-employed", _("own business")
    RETIRED = "retired", _("retired or on a disability pension")
    NONE = "none", _("not working")

    @property
    def has_workplace(self) -> bool:
        """Whether there is a workplace with a name and an address."""
        return self in {Employment.SCHOOL, Employment.UNIVERSITY, Employment.EMPLOYER}


class Voivodeship(TextChoices):
    """Voivodeships by their official TERYT codes.

    The names are proper names and are not translated.
    """

    DOLNOSLASKIE = "02", "dolnośląskie"
    KUJAWSKO_POMORSKIE = "04", "kujawsko-pomorskie"
    LUBELSKIE = "06", "lubelskie"
    LUBUSKIE = "08", "lubuskie"
    LODZKIE = "10", "łódzkie"
    MALOPOLSKIE = "12", "małopolskie"
    MAZOWIECKIE = "14", "mazowieckie"
    OPOLSKIE = "16", "opolskie"
    PODKARPACKIE = "18", "podkarpackie"
    PODLASKIE = "20", "podlaskie"
    POMORSKIE = "22", "pomorskie"
    SLASKIE = "24", "śląskie"
    SWIETOKRZYSKIE = "26", "świętokrzyskie"
    WARMINSKO_MAZURSKIE = "28", "warmińsko-mazurskie"
    WIELKOPOLSKIE = "30", "wielkopolskie"
    ZACHODNIOPOMORSKIE = "32", "zachodniopomorskie"
