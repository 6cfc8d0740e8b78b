"""Errors of key rotation."""


class WrongKeyError(Exception):
    """So many values are undecryptable that a key in the environment must be wrong. Carries the affected location."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class SiteIsOpenError(Exception):
    """The action requires that the installation is closed for maintenance."""


class RotationUnderWayError(Exception):
    """Another process is running the same rotation."""
