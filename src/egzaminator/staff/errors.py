"""Expected failures of acts that take two persons, and of changes among the staff."""


class ActWaitsError(Exception):
    """An act on this account already waits for a second person."""


class ActClosedError(Exception):
    """The act no longer waits: it was carried out, refused or withdrawn, or it is too old."""


class NotIndependentError(Exception):
    """This staff member must not confirm the act.

    They are too close to its requester, they are too new, or the act is about their own account.
    """


class OwnAccountError(Exception):
    """A staff member asked for an act on their own account, or on one that has or had their mailbox."""


class NobodyToTellError(Exception):
    """An act without a second person needs another known mailbox that could object, and there is none."""


class AloneNotAllowedError(Exception):
    """The board's setting, or this staff member's own standing, does not allow acting alone in the panel."""


class ObjectionError(Exception):
    """A mailbox objected to the act, and whoever confirmed it had not seen that yet."""


class AskedTooOftenError(Exception):
    """The staff have used up the day's limit of requests about this account."""


class NotAdministratorError(Exception):
    """The acting staff member is no longer an administrator: somebody has ended their account or taken the role."""


class LastAdministratorError(Exception):
    """Nobody else who can log in is an administrator, so this one keeps the role."""


class MemberGoneError(Exception):
    """The account is closed: the person no longer works at the board."""


class MemberJoinedError(Exception):
    """The person has set a password already, so there is nothing to invite them to."""


class NotJoinedError(Exception):
    """The person has not set a password yet, so nobody could confirm a new address by it."""
