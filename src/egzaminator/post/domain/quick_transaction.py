import contextlib
from collections.abc import Generator

from django.db import connection, transaction


@contextlib.contextmanager
def quick_transaction() -> Generator[None]:
    """Run a transaction whose commit does not wait for the disk (`synchronous_commit` off).

    The database has the data immediately, so a killed worker loses nothing. A crash of the database itself may lose the
    commits of the last moments: here that means that e-mails are sent again, with the same Message-ID.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
