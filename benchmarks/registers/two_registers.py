"""Two databases on one server that differ only in how many other people they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Model

from benchmarks.registers.seeded_examiner import COMMON, RARE
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.models import Event
from egzaminator.mail.models import Email
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.register.models import Entry, Examiner

_SUFFIX = "large"
_EXAMINERS = "(SELECT * FROM register_examiner WHERE email = %(batch)s)"
_ACCOUNTS = "(SELECT * FROM accounts_account WHERE email = %(batch)s)"
# Digits of the number that a person has in `_fill`, by which properties are given out, each by another one.
_LAST_DIGIT, _SECOND_DIGIT = (f"('x' || substr(new.sort_key, {place}, 1))::bit(4)::int" for place in (33, 32))
_SCOPE = f"(SELECT id FROM register_scope WHERE code = CASE WHEN new.sort_key LIKE '%%000' THEN '{RARE}' ELSE '{COMMON}' END)"  # noqa: S608, E501 -- made of names in this file
_WITH_ACCOUNT = f"(SELECT * FROM {_EXAMINERS} new WHERE {_LAST_DIGIT} < 10)"  # noqa: S608 -- as above
_AT_ONCE = 20_000


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
    """Add people numbered from `first` to `last`, with a surname by any letter, an entry, an account and a history.

    One in 4096 is blocked and has the rare scope. Six in sixteen have no account, and one in sixteen is struck off.
    Keys ascend with the numbers: PostgreSQL then writes indexes several times faster, and reads them no faster.
    """
    connections["default"] = register
    statements = [
        _copies(
            Examiner,
            "(SELECT lpad(to_hex(n), 32, '0') AS key, chr(97 + 35 * (n - %(first)s) / %(count)s) AS letter "
            "FROM generate_series(%(first)s::int, %(last)s::int) n)",
            id="new.key::uuid",
            pesel_index="decode(new.key, 'hex')",
            sort_key="new.letter || new.key",
            search_key="new.key",
            password_salt="new.key",
            email="%(batch)s",
        ),
        _copies(
            Entry,
            _EXAMINERS,
            examiner_id="new.id",
            number="new.id::text",
            number_key="new.id::text",
            scope_id=_SCOPE,
            state=f"CASE {_SECOND_DIGIT} WHEN 0 THEN 'struck-off' ELSE 'active' END",
        ),
        _copies(
            Account,
            _WITH_ACCOUNT,
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
            Profile,
            _ACCOUNTS,
            account_id="new.id",
            voivodeship="lpad((2 + 2 * (('x' || substr(new.handle, 31, 1))::bit(4)::int))::text, 2, '0')",
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
            values: dict[str, int | str] = {
                "first": first,
                "last": last,
                "count": last + 1 - first,
                "batch": f"people from {first}",
            }
            cursor.execute(statement, values)
        while refresh_list_keys(most=_AT_ONCE):
            pass
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
