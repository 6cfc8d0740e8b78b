"""Expected failures of the use cases of onboarding; views turn them into words."""


class AccountExistsError(Exception):
    """The examiner already has an account."""


class EntryEndedError(Exception):
    """The entry used for a first login no longer permits one: it was struck off, or its examiner died."""


class NotDeceasedError(Exception):
    """The register does not record this examiner as deceased."""


class ClaimClosedError(Exception):
    """The claim has ended: activated, superseded, expired or stopped."""


class EmailUnchangedError(Exception):
    """The claim has this e-mail address already."""


class ClaimChangedError(Exception):
    """The claim's e-mail address is no longer the one that staff saw when they began to correct it."""


class CorrectionsUsedUpError(Exception):
    """The claim's e-mail address was already corrected as often as allowed."""
