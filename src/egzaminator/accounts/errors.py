"""Expected failures of the use cases of accounts; views turn them into words."""

import uuid


class LinkError(Exception):
    """A mailed link does not work, or no longer works.

    `subject` is the uuid of the claim, account or e-mail change that the link was about; `mailbox` is the e-mail
    address that it was sent to. If no such link ever existed, they are None and "".
    """

    def __init__(self, *, subject: uuid.UUID | None = None, mailbox: str = "") -> None:
        super().__init__()
        self.subject = subject
        self.mailbox = mailbox


class NoticeUnchangedError(Exception):
    """The information clause has this very text already in the version in force."""


class LinkUnknownError(LinkError):
    """No such link was ever mailed for this purpose: the token is garbled, cut off or made up."""


class LinkUsedError(LinkError):
    """The link was already used."""


class LinkExpiredError(LinkError):
    """The link has expired."""


class LinkWithdrawnError(LinkError):
    """The link was withdrawn: the e-mail address was corrected, or the link's purpose is done."""


class StaffExistsError(Exception):
    """A staff account with this e-mail address already exists."""


class WrongCodeError(Exception):
    """The code belongs to none of the account's second factors, or it was used before."""


class SecondFactorExistsError(Exception):
    """The account already has an authenticator app."""


class PasskeyRefusedError(Exception):
    """The browser's response does not prove a passkey, or proves another one than requested."""


class TooManyPasskeysError(Exception):
    """The account already has the maximum number of passkeys."""


class NoSecondFactorError(Exception):
    """The second factor does not exist, or the account has none that recovery codes could replace."""


class OverloadError(Exception):
    """Password hashing is overloaded: more passwords wait than the machine can hash soon."""


class WrongPasswordError(Exception):
    """The password is not that of the account or the claim."""


class WrongNameError(Exception):
    """The PESEL or identifier is not that of the account's owner."""


class SameEmailError(Exception):
    """The account has this e-mail address already."""


class ChangesUsedUpError(Exception):
    """The account's daily limit of requested e-mail changes is reached."""


class ChangeClosedError(Exception):
    """No e-mail change is pending: there is none, or it is closed or expired."""


class FrozenAlreadyError(Exception):
    """The account is already frozen or closed."""


class AccountClosedError(Exception):
    """The account is closed: the register records its examiner as deceased.

    Only a correction of the register can change that.
    """


class SecondPersonNeededError(Exception):
    """The act needs a second person: the mailbox is not known, or a second factor would be removed."""


class NotFrozenError(Exception):
    """The account is not frozen."""


class UnknownMailboxError(Exception):
    """The e-mail address is not and never was the account's, and the register does not hold it either."""


class EmailTakenError(Exception):
    """Another staff account already logs in with this e-mail address."""


class ResendTooSoonError(Exception):
    """The previous e-mail was sent too recently to send another one.

    `seconds` is the time left until another one may be sent.
    """

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds
