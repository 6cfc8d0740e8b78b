from django.db.utils import OperationalError


class EmbeddedServerError(OperationalError):
    """The embedded server cannot be had. Its text says to whoever runs the program what is wrong and what to do.

    An OperationalError, because that is what code which survives a missing database already catches.
    """
