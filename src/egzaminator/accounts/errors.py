import uuid


class LinkError(Exception):
    """A mailed link does nothing any more.

    Carries the uuid of the claim or account it was about, and the mailbox it was sent to; None when there never was
    such a link.
    """

    def __init__(self, *, subject: uuid.UUID | None = None, mailbox: str = "") -> None:
        super().__init__()
        self.subject = subject
        self.mailbox = mailbox


class LinkUnknownError(LinkError):
    """No such link was ever mailed, or it was mailed for something else: garbled, cut off, made up."""


class LinkUsedError(LinkError):
    """The link has done its work."""


class LinkExpiredError(LinkError):
    """The link is too old."""


class LinkWithdrawnError(LinkError):
    """The link was withdrawn: the address was corrected, or what it was for is over."""


class StaffExistsError(Exception):
    """One of the staff has an account with this e-mail address already."""


class WrongCodeError(Exception):
    """The code is none of the account's, or it was used before."""


class FactorExistsError(Exception):
    """The account has an authenticator app already."""


class PasskeyRefusedError(Exception):
    """What a browser sent proves no passkey, or not the one asked for."""


class TooManyPasskeysError(Exception):
    """The account has as many passkeys as it may have."""


class NoFactorError(Exception):
    """There is no such second factor, or none at all that recovery codes could stand in for."""


class HashingBusyError(Exception):
    """More passwords wait to be hashed than the machine can hash soon."""


class WrongPasswordError(Exception):
    """The password is not the one of the account or of the form."""


class ChangesUsedUpError(Exception):
    """A change was asked for as often as it may be in one day."""


class ChangeClosedError(Exception):
    """The change of address waits for nothing any more: there is none, or it is over."""


class FrozenAlreadyError(Exception):
    """The account is frozen already."""


class AccountClosedError(Exception):
    """The account is closed: its examiner is recorded as deceased. Correcting the register comes first."""


class SecondPersonNeededError(Exception):
    """One person alone must not do this: the mailbox is not known, or it would take a second factor away."""


class NotFrozenError(Exception):
    """The account is not frozen."""


class StrangeAddressError(Exception):
    """The address neither is nor was the account's, and the register does not have it either."""


class AddressTakenError(Exception):
    """Another of the board's staff logs in with this address."""


class ResendTooSoonError(Exception):
    """The pause between two e-mails is not over."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class MailsUsedUpError(Exception):
    """No more e-mails today: about this claim or change, to this mailbox, or about this examiner."""
