class InstallError(Exception):
    """The installation cannot go on. The message says why and what to do, for the administrator."""
