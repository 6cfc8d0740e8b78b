import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.errors import RegisterFileError
from egzaminator.register.models import Entry
from tests.register.files import ANNA, COLUMNS, JAN, csv_file
from tests.register.rows import everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
quickly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)

odd = st.sampled_from(["#N/D!", "=A2", '="00123"', "'", "-", "\u202d", "\ufffd", "1\u221201234", "´", "\u00ad", "ŉ"])
texts = odd | st.text(alphabet=st.characters(codec="utf-8"))
letters = st.text(alphabet=st.characters(categories=["L", "Pd", "Zs"]), min_size=1)
rows = st.fixed_dictionaries(
    {
        "pesel": st.sampled_from([ANNA["pesel"], JAN["pesel"], ""]) | texts,
        "imiona": letters | texts,
        "nazwisko": letters | texts,
        "numer_ewidencyjny": letters | texts,
        "zakres": letters | texts,
        "nr_decyzji": letters | texts,
        "data_decyzji": st.dates().map(str) | texts,
        "identyfikator": st.just("") | letters,
        "rodzaj_decyzji": st.sampled_from(["", "wpis", "skreślenie"]) | texts,
    }
)


@quickly
@given(file=st.lists(rows, max_size=5))
@example([ANNA | {"nazwisko": "ﷺ" * 10, "imiona": "İ" * 50, "zakres": "ǰ" * 20}])
@example([ANNA | {"pesel": "", "identyfikator": "ß" * 20}])
def test_rows_are_imported_whole_or_refused(file: list[dict[str, str]]) -> None:
    before = everything()
    try:
        summary = import_register(file=csv_file(*file, columns=[*COLUMNS, "identyfikator", "rodzaj_decyzji"]))
    except RegisterFileError:
        assert everything() == before
    else:
        assert summary.changes.new_entries == Entry.objects.count() - len(before["register_entry"])


@quickly
@given(
    content=st.binary() | st.text(st.sampled_from("ąćęłńóśźżŁŚŹŻ;\n aB")).map(lambda text: text.encode("mac_latin2"))
)
@example(b"\x80\x01\x81\x01\x8a")
@example(b"sep=;")
@example("Koźmiński".encode("iso8859_2"))
def test_no_bytes_raise_anything_else(content: bytes) -> None:
    header = ";".join(COLUMNS).encode()
    for file in (content, header + b"\n" + content, header + content, b"sep=;\n" + header + content, b"<" + content):
        try:
            import_register(file=io.BytesIO(file))
        except RegisterFileError:
            continue
