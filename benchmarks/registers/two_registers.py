"""Two databases on one server that differ only in how many other people they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Model

from egzaminator.accounts.models import Account
from egzaminator.audit.models import Event
from egzaminator.mail.models import Email
from egzaminator.register.models import Entry, Examiner

_SUFFIX = "large"
_EXAMINERS = "(SELECT * FROM register_examiner WHERE email = %(batch)s)"
_ACCOUNTS = "(SELECT * FROM accounts_account WHERE email = %(batch)s)"


@dataclass(frozen=True, slots=True)
class Registers:
    """The two databases. Queries of this thread go to the one entered last."""

    small: BaseDatabaseWrapper
    large: BaseDatabaseWrapper

    def enter(self, register: BaseDatabaseWrapper) -> None:
        """Make Django use one of them."""
        connections["default"] = register


@contextmanager
def two_registers(*, small: int, large: int) -> Iterator[Registers]:
    """Fill Django's database with `small` people and a copy of it with `large`. Drop the copy afterwards.

    People who are there already do not count.
    """
    register = connections["default"]
    _fill(register, 1, small)
    register.creation.clone_test_db(_SUFFIX, verbosity=0)
    copy = register.copy()
    copy.settings_dict["NAME"] = register.creation.get_test_db_clone_settings(_SUFFIX)["NAME"]
    registers = Registers(register, copy)
    try:
        _fill(copy, small + 1, large)
        yield registers
    finally:
        copy.close()
        registers.enter(register)
        register.creation.destroy_test_db(suffix=_SUFFIX, verbosity=0)


def _fill(register: BaseDatabaseWrapper, first: int, last: int) -> None:
    """Add people numbered from `first` to `last`, each with an entry, an account and a history. One in 4096 is blocked.

    Keys ascend with the numbers: PostgreSQL then writes indexes several times faster, and reads them no faster.
    """
    statements = [
        _copies(
            Examiner,
            "(SELECT lpad(to_hex(n), 32, '0') AS key FROM generate_series(%(first)s::int, %(last)s::int) n)",
            id="new.key::uuid",
            pesel_index="decode(new.key, 'hex')",
            sort_key="new.key",
            search_key="new.key",
            password_salt="new.key",
            email="%(batch)s",
        ),
        _copies(Entry, _EXAMINERS, examiner_id="new.id", number="new.id::text", number_key="new.id::text"),
        _copies(
            Account,
            _EXAMINERS,
            id="new.id",
            handle="new.password_salt",
            examiner_id="new.id",
            email="%(batch)s",
            is_active="new.sort_key NOT LIKE '%%000'",
            state="CASE WHEN new.sort_key LIKE '%%000' THEN 'frozen' ELSE 'active' END",
            barred_by="CASE WHEN new.sort_key LIKE '%%000' THEN 'link' ELSE '' END",
            barred_at="CASE WHEN new.sort_key LIKE '%%000' THEN now() END",
        ),
        _copies(
            Event,
            _ACCOUNTS,
            id="new.id",
            tag="'login.succeeded'",
            subject="new.id",
            at="now() - random() * interval '90 days'",
            case_code="''",
        ),
        _copies(Email, _ACCOUNTS, id="new.id", related_id="new.id"),
    ]
    with register.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"first": first, "last": last, "batch": f"people from {first}"})
        cursor.execute("VACUUM ANALYZE")


def _copies(model: type[Model], new: str, **changed: str) -> str:
    """Return the SQL that copies a table's first row for each row of the query `new`, with `changed` columns."""
    columns = [field.column for field in model._meta.concrete_fields if not isinstance(field, AutoField)]  # noqa: SLF001 -- Django's documented API
    values = [changed.get(column, f"sample.{column}") for column in columns]
    table = model._meta.db_table  # noqa: SLF001 -- as above
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 -- made of names in this file
        f"SELECT {', '.join(values)} FROM (SELECT * FROM {table} LIMIT 1) sample, {new} new"
    )
