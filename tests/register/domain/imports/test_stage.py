import pytest
from django.db import connection

from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.domain.imports.stage import Stage
from egzaminator.register.domain.match_columns import match_columns
from egzaminator.register.domain.parse_row import RegisterRow, parse_row
from tests.register.files import ANNA, JAN, csv_file

pytestmark = pytest.mark.django_db


def parsed(*rows: dict[str, str]) -> list[RegisterRow]:
    return [
        parse_row(line=line, cells=list(row.values()), columns=match_columns(list(row)))
        for line, row in enumerate(rows, start=2)
    ]


def test_no_pesel_stands_in_it_in_clear() -> None:
    with connection.cursor() as cursor:
        stage = Stage(cursor)
        stage.add(parsed(ANNA, JAN))
        cursor.execute("SELECT staged_row::text FROM staged_row ORDER BY line")
        anna, jan = (text for (text,) in cursor.fetchall())
    assert "Łukasik" in anna
    assert "Żak" in jan
    for digits in (ANNA["pesel"], JAN["pesel"]):
        assert digits not in anna + jan
        assert digits.encode().hex() not in anna + jan


def test_a_person_gets_one_id_however_far_apart_the_rows_are() -> None:
    with connection.cursor() as cursor:
        stage = Stage(cursor)
        stage.add(parsed(ANNA, JAN))
        stage.add(parsed(ANNA))
        cursor.execute("SELECT count(*), count(DISTINCT examiner_id) FROM staged_row")
        assert cursor.fetchone() == (3, 2)


def test_known_people_keep_their_ids_and_are_not_encrypted_again() -> None:
    import_register(file=csv_file(ANNA))
    with connection.cursor() as cursor:
        Stage(cursor).add(parsed(ANNA, JAN))
        cursor.execute(
            "SELECT is_new, pesel_encrypted IS NULL, examiner_id IN (SELECT id FROM register_examiner) "
            "FROM staged_row ORDER BY line"
        )
        assert cursor.fetchall() == [(False, True, True), (True, False, False)]


def test_nothing_of_it_is_left_behind() -> None:
    import_register(file=csv_file(ANNA))
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('staged_row')")
        assert cursor.fetchone() == (None,)
