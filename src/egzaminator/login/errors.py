"""Expected failures of a log-in; views turn them into words."""


class RefusedError(Exception):
    """A log-in was refused. Carries the case code that staff find the reason by, never the reason."""

    def __init__(self, *, case_code: str) -> None:
        super().__init__(case_code)
        self.case_code = case_code


class AccountBlockedError(Exception):
    """The password was right, but the account is blocked."""
