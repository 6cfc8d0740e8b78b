class DeploymentError(Exception):
    """A release cannot be installed, left or returned to. The message says why and what to do, for root."""
