"""Expected failures of what staff ask the panel for."""


class ExportsUsedUpError(Exception):
    """The staff member has asked for as many exports as one may in a day."""


class UploadsUsedUpError(Exception):
    """The staff member has sent as many files of a kind as one may in a day."""
