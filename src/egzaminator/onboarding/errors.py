class AccountExistsError(Exception):
    """The examiner's account is active already."""


class ClaimClosedError(Exception):
    """The claim is over: activated, superseded, expired or stopped."""


class WrongPasswordError(Exception):
    """The password is not the one chosen in the form."""


class ResendTooSoonError(Exception):
    """The pause between two e-mails is not over."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class MailsUsedUpError(Exception):
    """No more e-mails today: of this claim, to this mailbox, or about this examiner."""


class CorrectionsUsedUpError(Exception):
    """The address was corrected as often as it may be."""
