class BackupError(Exception):
    """A backup, a restore or a drill is not possible. The message says why and what to do, for the administrator."""


class NotCopiedError(BackupError):
    """The backup was made, but the administrator's program did not copy it."""
