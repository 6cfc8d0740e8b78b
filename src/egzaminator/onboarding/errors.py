class AccountExistsError(Exception):
    """The examiner's account is active already."""


class ClaimClosedError(Exception):
    """The claim is over: activated, superseded, expired or stopped."""


class CorrectionsUsedUpError(Exception):
    """The address was corrected as often as it may be."""
