"""What the register holds, for tests that compare all of it."""

from django.db import connection

TABLES = ("register_scope", "register_examiner", "register_entry", "register_decision")


def everything() -> dict[str, list[tuple]]:
    """Give every row of the register's tables, every column of it, and where it stands on the disk: an update that
    changed nothing would move it.
    """
    contents = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT ctid::text, xmin::text, * FROM {table} ORDER BY id")  # noqa: S608 -- our own names
            contents[table] = [
                tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                for row in cursor.fetchall()
            ]
    return contents
