class WrongKeyError(Exception):
    """So much does not open that a key in the environment must be wrong. Carries the place where it was noticed."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class SiteIsOpenError(Exception):
    """What is to be done needs the installation closed for maintenance."""


class RotationUnderWayError(Exception):
    """Another process is at the same work."""
