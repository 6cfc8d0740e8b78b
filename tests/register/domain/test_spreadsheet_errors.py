"""No column accepts what a spreadsheet shows instead of a value."""

import io
from collections.abc import Callable, Mapping, Sequence

import pytest

from egzaminator.register.columns import Column
from egzaminator.register.domain.match_columns import match_columns
from egzaminator.register.domain.parse_row import parse_row
from egzaminator.register.domain.read_files import read_rows
from egzaminator.register.domain.rows import Cell
from egzaminator.register.errors import BadRowsError
from egzaminator.register.problems import Problem, RowProblem
from tests.register.files import ANNA, csv_file, xlsx_file

# As Excel shows them in each language, then LibreOffice and Google Sheets.
ERRORS = {
    "English": "#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED! "
    "#CONNECT! #UNKNOWN! #BUSY! #EXTERNAL! #PYTHON! #TIMEOUT!",
    "Polish": "#ZERO! #DZIEL/0! #ARG! #ADR! #NAZWA? #LICZBA! #N/D! #POBIERANIE_DANYCH #ROZLANIE! #OBL! #POLE! "
    "#ZABLOKOWANE! #NIEZNANE!",
    "German": "#NULL! #DIV/0! #WERT! #BEZUG! #NAME? #ZAHL! #NV #DATEN_ABRUFEN #ÜBERLAUF! #KALK! #FELD! #BLOCKIERT!",
    "French": "#NUL! #DIV/0! #VALEUR! #REF! #NOM? #NOMBRE! #N/A #CHARGEMENT_DONNEES #PROPAGATION! #CALCUL! #CHAMP!",
    "Spanish": "#¡NULO! #¡DIV/0! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! #N/D #OBTENIENDO_DATOS #¡DESBORDAMIENTO! #¡CALC!",
    "Portuguese": "#NULO! #DIV/0! #VALOR! #REF! #NOME? #NÚM! #N/D #OBTENDO_DADOS #DESPEJAR!",
    "Italian": "#NULLO! #DIV/0! #VALORE! #RIF! #NOME? #NUM! #N/D #ESPANSIONE! #CALC!",
    "Dutch": "#LEEG! #DEEL/0! #WAARDE! #VERW! #NAAM? #GETAL! #N/B #OVERLOOP!",
    "Czech": "#NULL! #DĚLENÍ_NULOU! #DIV/0! #HODNOTA! #ODKAZ! #NÁZEV? #ČÍSLO! #NENÍ_K_DISPOZICI #PŘESAH!",
    "Slovak": "#NEPLATNÝ! #DELENIENULOU! #HODNOTA! #ODKAZ! #NÁZOV? #ČÍSLO! #NEDOSTUPNÝ",
    "Hungarian": "#NULLA! #ZÉRÓOSZTÓ! #ÉRTÉK! #HIV! #NÉV? #SZÁM! #HIÁNYZIK #KIBONTÁS!",
    "Russian": "#ПУСТО! #ДЕЛ/0! #ЗНАЧ! #ССЫЛКА! #ИМЯ? #ЧИСЛО! #Н/Д #ПЕРЕНОС!",
    "Ukrainian": "#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A",
    "Swedish": "#SKÄRNING! #DIVISION/0! #VÄRDEFEL! #REFERENS! #NAMN? #OGILTIGT! #SAKNAS!",
    "Danish": "#NUL! #DIVISION/0! #VÆRDI! #REFERENCE! #NAVN? #NUM! #I/T",
    "Norwegian": "#NULL! #DIV/0! #VERDI! #REF! #NAVN? #NUM! #I/T",
    "Finnish": "#TYHJÄ! #JAKO/0! #ARVO! #VIITTAUS! #NIMI? #LUKU! #PUUTTUU!",
    "Turkish": "#BOŞ! #SAYI/0! #DEĞER! #BAŞV! #AD? #SAYI! #YOK",
    "narrow columns": "# ## ### ###########",
    "LibreOffice": "Err:502 Err:508 Err:522 Błąd:502 Błąd:508 #FMT",
    "Google": "#ERROR! #BŁĄD! #FEHLER!",
}
TOKENS = sorted({token for tokens in ERRORS.values() for token in tokens.split()})
FULL = ANNA | {"email": "anna@example.pl", "rodzaj_decyzji": "wpis", "identyfikator": ""}
NO_PESEL = FULL | {"pesel": "", "identyfikator": "BP-7"}


def row_with(column: Column, value: Cell) -> dict[str, Cell]:
    return (NO_PESEL if column is Column.IDENTIFIER else FULL) | {column.value: value}


def problems_of(row: Mapping[str, Cell]) -> Sequence[RowProblem]:
    with pytest.raises(BadRowsError) as caught:
        parse_row(line=7, cells=list(row.values()), columns=match_columns(list(row)))
    return caught.value.problems


def test_the_list_is_long() -> None:
    assert len(TOKENS) >= 120
    assert len(Column) == 15


@pytest.mark.parametrize("column", Column)
def test_an_error_in_any_language_is_refused_in_every_column(column: Column) -> None:
    for token in TOKENS:
        for written in (token, f" {token}\u00a0", f"'{token}", f'="{token}"', f"\u200b{token}"):
            assert problems_of(row_with(column, written)) == [RowProblem(7, column, Problem.SPREADSHEET_ERROR)], written


@pytest.mark.parametrize("column", Column)
@pytest.mark.parametrize("problem", [Problem.SPREADSHEET_ERROR, Problem.FORMULA, Problem.TRUE_OR_FALSE])
def test_what_a_workbook_says_of_a_cell_is_told_in_every_column(column: Column, problem: Problem) -> None:
    assert problems_of(row_with(column, problem)) == [RowProblem(7, column, problem)]


@pytest.mark.parametrize("column", Column)
@pytest.mark.parametrize("text", ["=A2", "=JEŻELI(A2;B2;C2)", '=A2&"/"&B2'])
def test_a_formula_in_a_text_is_refused_in_every_column(column: Column, text: str) -> None:
    assert problems_of(row_with(column, text)) == [RowProblem(7, column, Problem.FORMULA)]


@pytest.mark.parametrize("make", [csv_file, lambda row: xlsx_file(list(row), list(row.values()))])
def test_both_kinds_of_files_give_errors_to_the_same_check(make: Callable[[dict[str, str]], io.BytesIO]) -> None:
    for token in ("#N/D!", "#NV", "#N/A", "#¿NOMBRE?"):
        rows = list(read_rows(io.BytesIO(make(FULL | {Column.SCOPE.value: token}).getvalue())).rows)
        with pytest.raises(BadRowsError) as caught:
            parse_row(line=rows[1][0], cells=rows[1][1], columns=match_columns(rows[0][1]))
        assert caught.value.problems == [RowProblem(2, Column.SCOPE, Problem.SPREADSHEET_ERROR)]
