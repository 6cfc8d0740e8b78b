import datetime
import io
from collections.abc import Iterator

import pytest

from egzaminator.core.csv_files import csv_lines
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.xlsx_files import xlsx_pieces
from egzaminator.register.domain.export_rows import HEADING, count_register_rows, register_rows
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Decision, Examiner
from tests.helpers.factories import make_examiner
from tests.key_rotation.tampering import spoil
from tests.register.files import ADDRESS, ANNA, JAN
from tests.register.importing import ANNAS_SECOND, NOTHING, RESTORED, STRUCK_OFF, WITHOUT_PESEL, read
from tests.register.rows import everything

pytestmark = pytest.mark.django_db

# Numbers, references and names that a spreadsheet program would run, as far as a register can hold them.
DANGEROUS = ["-1/2019", "+48/2019", "@SUM(A1)", "＝1+1", "＋2", "＠3", "--4", "-'5"]


def rows() -> list[list[str]]:
    return [row for rows, _people in register_rows(people=Examiner.objects.all()) for row in rows]


def as_csv() -> io.BytesIO:
    def batches() -> Iterator[list[list[str]]]:
        yield [HEADING]
        yield from (rows for rows, _people in register_rows(people=Examiner.objects.all()))

    return io.BytesIO("".join(csv_lines(batches())).encode())


def as_xlsx() -> io.BytesIO:
    batches = (rows for rows, _people in register_rows(people=Examiner.objects.all()))
    return io.BytesIO(b"".join(xlsx_pieces(title="Ewidencja", heading=HEADING, batches=batches)))


def assert_unchanged_by_its_own_export() -> None:
    before = everything()
    for file in (as_csv(), as_xlsx()):
        summary = import_register(file=file)
        assert (summary.rows, summary.changes, summary.ignored_columns) == (Decision.objects.count(), NOTHING, [])
        assert everything() == before


def test_a_register_reads_its_own_export_without_a_change() -> None:
    read(
        ANNA,
        ANNAS_SECOND,
        STRUCK_OFF,
        RESTORED,
        WITHOUT_PESEL,
        JAN | {"numer_ewidencyjny": "X 1", "email": "j@x.pl"} | ADDRESS,
    )
    assert [row[5:10] for row in rows() if row[4]] == [["Święty Marcin", "4A", "12", "61-806", "Poznań"]]
    assert_unchanged_by_its_own_export()


def test_its_rows_are_decisions_in_the_order_of_people_and_entries() -> None:
    read(JAN, ANNAS_SECOND, ANNA, STRUCK_OFF)
    assert [
        (row[3], *(row[HEADING.index(name)] for name in ("numer_ewidencyjny", "rodzaj_decyzji", "data_decyzji")))
        for row in rows()
    ] == [
        ("Łukasik", "MBI/9/2021", "wpis", "2021-05-04"),
        ("Łukasik", "MBI/1/2019", "wpis", "2019-03-01"),
        ("Łukasik", "MBI/1/2019", "skreślenie", "2022-06-07"),
        ("Żak", "MCH/2/2019", "wpis", "2019-03-01"),
    ]
    assert rows()[0][0] == ANNA["pesel"]
    assert count_register_rows(people=Examiner.objects.all()) == 4


def test_of_two_decisions_of_one_day_the_later_one_still_counts_after_reading_it_back() -> None:
    same_day = STRUCK_OFF | {"data_decyzji": ANNA["data_decyzji"]}
    read(ANNA, same_day)
    read(same_day | {"rodzaj_decyzji": "wpis", "nr_decyzji": "A-przed-S"})
    assert_unchanged_by_its_own_export()


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("column", ["numer_ewidencyjny", "nr_decyzji"])
def test_a_cell_of_every_dangerous_beginning_comes_back_as_it_was(column: str, text: str) -> None:
    read(ANNA | {column: text})
    assert rows()[0][HEADING.index(column)] == text
    assert_unchanged_by_its_own_export()


@pytest.mark.parametrize("name", ["-", "-Anna", "'t Hooft", "-'t Hooft", "O'Hara"])
def test_so_does_every_name(name: str) -> None:
    read(ANNA | {"imiona": name})
    assert rows()[0][2] == name
    assert_unchanged_by_its_own_export()


def test_a_scope_and_an_identifier_that_begin_so_do_too() -> None:
    read(WITHOUT_PESEL | {"identyfikator": "-BP 7", "zakres": "+MBI"})
    assert_unchanged_by_its_own_export()


@pytest.mark.parametrize("number", ["=1", "'=1", '="=1"'])
def test_a_register_holds_no_number_that_could_not_come_back(number: str) -> None:
    from egzaminator.register.errors import BadRowsError  # noqa: PLC0415 -- for this test alone

    with pytest.raises(BadRowsError):
        read(ANNA | {"numer_ewidencyjny": number})


def test_only_the_chosen_people_are_in_it() -> None:
    read(ANNA, JAN)
    people = Examiner.objects.filter(surname="Żak").order_by("-sort_key")
    ((batch, named),) = register_rows(people=people)
    assert ([row[3] for row in batch], named) == (["Żak"], [people.get().pk])
    assert count_register_rows(people=people) == 1


def test_a_damaged_pesel_is_not_left_out_in_silence() -> None:
    read(ANNA)
    spoil(Examiner.objects.get())
    with pytest.raises(UndecryptableError):
        rows()


def test_an_entry_without_a_decision_has_no_row() -> None:
    entry = make_examiner().entries.get()
    assert rows() == []
    Decision.objects.create(entry=entry, kind="entry", reference="A/1", decided_on=datetime.date(2019, 3, 1))
    assert len(rows()) == 1
