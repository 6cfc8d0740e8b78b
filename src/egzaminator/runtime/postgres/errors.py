from django.db.utils import OperationalError


class EmbeddedServerError(OperationalError):
    """The embedded server is not available. The message tells the administrator what is wrong and what to do.

    It is an `OperationalError` because that is what code that survives a missing database already catches.
    """
