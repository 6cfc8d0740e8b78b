"""Expected failures of what staff ask the panel for."""


class ExportsUsedUpError(Exception):
    """The staff member has asked for as many exports as one may in a day."""
