import contextlib
from collections.abc import Generator

from django.db import connection, transaction


@contextlib.contextmanager
def quick_transaction() -> Generator[None]:
    """Run a transaction whose commit does not wait for the disk.

    The database has it at once, so a killed worker loses nothing. The database's own crash may lose the last moments'
    commits: here that means that messages are sent again, with the same Message-ID.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
