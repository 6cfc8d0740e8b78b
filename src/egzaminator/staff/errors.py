class ActWaitsError(Exception):
    """Something about this account waits for a second person already."""


class ActClosedError(Exception):
    """It waits for nobody any more: done, refused, taken back or too old."""


class NotIndependentError(Exception):
    """This member of the staff must not agree to it: they are too close to who asked, too new, or it is about them."""


class OwnAccountError(Exception):
    """Nobody asks for what is about their own account, or one that has or had their mailbox."""


class NobodyToTellError(Exception):
    """No other known mailbox could object, so nobody acts alone."""


class AskedTooOftenError(Exception):
    """The staff asked about this account as often as they may in a day."""
