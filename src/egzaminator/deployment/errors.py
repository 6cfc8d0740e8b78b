class InstallError(Exception):
    """The installation cannot go on. The message says why and what to do, for the administrator."""


class DeploymentError(Exception):
    """A release cannot be upgraded to or returned to. The message says why and what to do, for root."""
