import io
import os
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from egzaminator.core.encryption import encrypt
from egzaminator.register.enums import ImportState, RegisterField
from egzaminator.register.models import Entry, Examiner, FormerValue, Import, former_context
from tests.register.files import ANNA, COLUMNS, JAN, csv_file, xlsx_file

Save = Callable[[io.BytesIO], Path]
# stdout, stderr and the message of the CommandError.
Said = tuple[str, str, str | None]

MANAGE = Path(__file__).parents[2] / "manage.py"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def save(file: io.BytesIO) -> Path:
        path = tmp_path / "register.csv"
        path.write_bytes(file.getvalue())
        return path

    return save


def run(path: Path, *options: str) -> Said:
    stdout, stderr = StringIO(), StringIO()
    try:
        call_command("import_register", str(path), *options, stdout=stdout, stderr=stderr)
    except CommandError as error:
        return stdout.getvalue(), stderr.getvalue(), str(error)
    return stdout.getvalue(), stderr.getvalue(), None


def test_the_summary(save: Save) -> None:
    path = save(csv_file(ANNA, JAN | {"Uwagi": "x", "rodzaj_decyzji": "skreślenie"}))
    stdout, stderr, error = run(path)
    assert (stderr, error) == ("", None)
    assert stdout.splitlines() == [
        "The register was imported.",
        "  Rows read: 2",
        "  New examiners: 2",
        "  Examiners with a changed name, e-mail or postal address: 0",
        "  New entries: 2",
        "  Entries with a changed scope or spelling of the number: 0",
        "  Entries struck off: 1",
        "  Entries active again: 0",
        "  New decisions: 2",
        "  Decisions with a changed date: 0",
        "  New scopes: 2",
        "Columns that were ignored: Uwagi.",
    ]
    assert Entry.objects.count() == 2


def test_what_was_corrected_by_hand_is_kept_and_named_and_the_import_is_listed(save: Save) -> None:
    run(save(csv_file(ANNA)))
    examiner = Examiner.objects.get()
    former = FormerValue(examiner=examiner, field=RegisterField.SURNAME)
    former.value_encrypted = encrypt("Łukasik", context=former_context(former.pk))
    former.save()
    Examiner.objects.update(surname="Nowak")
    stdout, _, _ = run(save(csv_file(JAN, ANNA)))
    assert stdout.splitlines()[-2:] == [
        "These values were corrected by hand in the register, and stay as they are there:",
        "  Line 3, column nazwisko",
    ]
    assert Examiner.objects.get(pk=examiner.pk).surname == "Nowak"
    newest = Import.objects.latest("applied_at")
    assert (newest.uploader, newest.state, newest.counts["apart"]) == (None, ImportState.APPLIED, 1)
    assert newest.report["name"] == "register.csv"
    assert Import.objects.count() == 2


def test_a_dry_run_says_so(save: Save) -> None:
    stdout, _, _ = run(save(csv_file(ANNA)), "--dry-run")
    assert stdout.splitlines()[:3] == [
        "Nothing was written. The import would do this:",
        "  Rows read: 1",
        "  New examiners: 1",
    ]
    assert not Examiner.objects.exists()


def test_bad_rows_are_told_by_line_column_reason_and_cure(save: Save) -> None:
    bad = JAN | {"pesel": "2070803628", "numer_ewidencyjny": "gru.11"}
    stdout, stderr, error = run(save(csv_file(ANNA, bad, ANNA | {"nazwisko": "Nowak"})))
    assert stdout == ""
    as_text = "Format the whole column as text, then type the value as it stands in the documents."
    present_name = "Check whose PESEL or identifier this is; write the present name in all rows of one person."
    assert stderr.splitlines() == [
        f"Line 3, column pesel: The spreadsheet dropped the zero that the PESEL begins with. {as_text}",
        f"Line 3, column numer_ewidencyjny: The spreadsheet turned the value into a date or a time. {as_text}",
        f"Line 4, column nazwisko: Line 2 gives the same person another name. {present_name}",
    ]
    assert error == "Nothing was imported. Rows to correct: 2."
    assert not Examiner.objects.exists()


def test_a_workbooks_sheet_and_the_files_own_word_for_the_column_are_told(save: Save) -> None:
    header = [name.replace("nr_decyzji", "Nr. decyzji") for name in COLUMNS]
    file = xlsx_file(header, [], [*list(ANNA.values())[:5], "#N/D!", ANNA["data_decyzji"]])
    _, stderr, error = run(save(file))
    assert stderr.splitlines() == [
        (
            "Sheet “Sheet”, line 3, column Nr. decyzji: The spreadsheet shows an error or # signs instead of the "
            "value. Correct the formula or widen the column, then save the file again."
        )
    ]
    assert error == "Nothing was imported. Rows to correct: 1."


def test_the_sheets_that_were_read_and_were_not_are_told(save: Save) -> None:
    stdout, stderr, error = run(save(xlsx_file(COLUMNS, list(ANNA.values()), more={"Słownik": ["MBI"]})))
    assert (stderr, error) == ("", None)
    assert stdout.splitlines()[-2:] == ["Sheet that was read: Sheet.", "Sheets that were not read: Słownik."]
    _, _, error = run(save(xlsx_file(["pesel"], more={"Drugi": COLUMNS[:2]})))
    assert error is not None
    assert error.startswith(
        "Sheet “Drugi”: The first row of the file must name the columns. These are missing: nazwisko, "
    )
    two = xlsx_file(COLUMNS, list(ANNA.values()), more={"Drugi": COLUMNS})
    assert run(save(two))[2] is None
    _, _, error = run(save(xlsx_file(more={"Drugi": []})))
    assert error is not None
    assert error.startswith("These sheets are empty: “Sheet”, “Drugi”. ")


def test_a_row_as_a_whole_has_no_column(save: Save) -> None:
    file = csv_file(ANNA)
    file.seek(0, 2)
    file.write(b";".join([b"x"] * 8))
    _, stderr, _ = run(save(file))
    assert stderr.startswith("Line 3: The row has more cells than there are column names. ")


def test_no_content_of_the_file_is_repeated(save: Save) -> None:
    bad = {name: "44051401358" if name == "pesel" else f"44051401358 {name}" for name in COLUMNS}
    _, stderr, error = run(save(csv_file(bad)))
    assert stderr.count("Line 2, column") == 4
    assert error is not None
    assert "44051401358" not in stderr + error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (
            b"%PDF-1.7",
            "The file is a PDF document. Ask for the spreadsheet it was made of, and save that as .xlsx or CSV UTF-8.",
        ),
        (
            b"imiona;nazwisko;zakres;data_decyzji\n",
            "The first row of the file must name the columns. These are missing: pesel, numer_ewidencyjny, nr_decyzji.",
        ),
        (
            ";".join([*COLUMNS, "Pesel"]).encode(),
            "The first row of the file names these columns twice: pesel. Keep one of each.",
        ),
        (
            ";".join(COLUMNS).encode() + b'\n"x',
            (
                "Line 2: Quotation marks do not pair up from this line on. "
                "Save the file again from the spreadsheet program."
            ),
        ),
    ],
)
def test_a_file_that_is_no_register_file(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert run(path) == ("", "", sentence)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv") == ("", "", f"There is no file {tmp_path}/none.csv.")
    assert run(tmp_path) == ("", "", f"{tmp_path} is not a file.")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert run(pipe) == ("", "", f"{pipe} is not a file.")
    _, _, error = run(tmp_path / ("x" * 300))
    assert error is not None
    assert error.endswith("cannot be opened: File name too long.")


def test_the_progress_bar_is_for_terminals_only(
    save: Save, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = save(csv_file(ANNA))
    run(path)
    assert capfd.readouterr().err == ""
    reader, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    with os.fdopen(terminal, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        run(path)
        monkeypatch.undo()
        stderr.flush()
        shown = os.read(reader, 65536).decode()
    os.close(reader)
    assert shown.startswith("\r  0% |")


def test_the_process_fails_with_words_and_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "register.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    done = subprocess.run(
        [sys.executable, MANAGE, "import_register", path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CommandError: ")
    assert done.stderr.count("\n") == 1
