import datetime
from collections import Counter

import pytest

from egzaminator.core.pesel import parse_pesel
from egzaminator.demo.domain.make_register import (
    SCOPES,
    DemoExaminer,
    DemoRegister,
    make_register,
    name_scopes,
    write_csv,
)
from egzaminator.register.columns import Column
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner, Scope
from tests.register.rows import found


def people(register: DemoRegister) -> dict[str, dict[Column, str]]:
    """Return the first row about each person, by login name."""
    rows: dict[str, dict[Column, str]] = {}
    for row in register.rows:
        rows.setdefault(row.get(Column.PESEL) or row[Column.IDENTIFIER], row)
    return rows


def test_the_same_seed_gives_the_same_people() -> None:
    assert make_register() == make_register()
    assert make_register(seed=2).rows != make_register().rows


def test_believable_people() -> None:
    register = make_register()
    assert len(people(register)) == 200
    for login, row in people(register).items():
        if Column.IDENTIFIER in row:
            continue
        pesel = parse_pesel(login).digits
        assert 1955 <= 1900 + int(pesel[:2]) <= 1998
        first_name = row[Column.FIRST_NAMES].split()[0]
        is_woman = int(pesel[9]) % 2 == 0
        assert is_woman is (first_name.endswith("a") or first_name == "Nicole")
        assert not row[Column.SURNAME].endswith("ki" if is_woman else "ska")


def test_nobody_is_entered_as_a_child() -> None:
    for row in make_register().rows:
        if Column.PESEL in row:
            born = 1900 + int(row[Column.PESEL][:2])
            assert datetime.date.fromisoformat(row[Column.DECIDED_ON]).year - born >= 26


@pytest.mark.django_db
def test_it_goes_through_the_real_import() -> None:
    register = make_register()
    name_scopes()
    summary = import_register(file=write_csv(register.rows))
    assert (summary.rows, summary.new_scopes, summary.ignored_columns) == (len(register.rows), 0, [])
    assert summary.changes.new_examiners == 200
    assert summary.changes.struck_off == 2
    assert set(Scope.objects.values_list("code", "exam_kind", "name")) == {
        (code, kind.value, name) for code, (kind, name) in SCOPES.items()
    }
    assert Examiner.objects.filter(pesel_index__isnull=True).count() == 1
    per_examiner = Counter(Examiner.objects.values_list("entries__examiner", flat=True))
    assert set(per_examiner.values()) == {1, 2, 3}


@pytest.mark.django_db
def test_the_examples_are_what_they_are_called() -> None:
    register = make_register(examiners=5)
    import_register(file=write_csv(register.rows))

    def active_numbers(example: DemoExaminer) -> tuple[str, ...]:
        return tuple(
            found(example.login).entries.filter(state=EntryState.ACTIVE).order_by("id").values_list("number", flat=True)
        )

    assert len(active_numbers(register.one_number)) == 1
    assert len(active_numbers(register.several_numbers)) == 3
    assert active_numbers(register.struck_off) == ()
    assert found(register.struck_off.login).entries.count() == 1
    assert found(register.without_pesel.login).pesel is None
    for example in (register.one_number, register.several_numbers, register.struck_off, register.without_pesel):
        assert active_numbers(example) == example.numbers


@pytest.mark.django_db
def test_scopes_are_named_after_an_import_too() -> None:
    register = make_register(examiners=5)
    import_register(file=write_csv(register.rows))
    name_scopes()
    name_scopes()
    assert Scope.objects.count() == len(SCOPES)
    assert not Scope.objects.filter(exam_kind="other").exists()
