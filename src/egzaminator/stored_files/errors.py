"""Expected failures of stored files."""


class FileGoneError(Exception):
    """The file was deleted while it was written or read: its owner's account was ended, or its time was over."""
