class AccountExistsError(Exception):
    """The examiner's account is active already."""


class EntryEndedError(Exception):
    """The entry that the first login was by allows none any more: struck off, or its examiner died."""


class NotDeceasedError(Exception):
    """The register does not record this examiner as deceased."""


class ClaimClosedError(Exception):
    """The claim is over: activated, superseded, expired or stopped."""


class CorrectionsUsedUpError(Exception):
    """The address was corrected as often as it may be."""
