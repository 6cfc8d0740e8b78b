"""Letters of invitation: what stands on each page, tags, and files of a limited size."""

import io
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader

from egzaminator.mailings.domain import postal_letters
from egzaminator.mailings.domain.postal_letters import letters_pdf, zipped
from egzaminator.register.models import Examiner
from tests.helpers.factories import HOME, PESELS, make_examiner

pytestmark = pytest.mark.django_db
LETTERS = "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ őűřůğșțđçåøþß"


def people(count: int) -> list[Examiner]:
    return [
        make_examiner(
            pesel=PESELS[index],
            numbers=(f"MBI/{index}/2019",),
            surname=LETTERS if index == 0 else "Kowal #sys *b* ]",
            postal_address=HOME if index == 0 else HOME._replace(street='#read("/etc/passwd")'),
        )
        for index in range(count)
    ]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def test_each_person_has_a_page_with_name_and_address_and_no_credential() -> None:
    reader = read(letters_pdf(people(2)))
    first, second = [page.extract_text() for page in reader.pages]
    assert f"Anna Maria {LETTERS}" in first.replace(" \n", " ")
    assert "Święty Marcin 4A m. 12\n61-806 Poznań" in first
    assert (
        "http://localhost:8000/pomoc/pierwsze-logowanie/" in first.replace("\n", "")
        or "/pomoc/pierwsze-logowanie/" in first
    )
    assert "Kowal #sys *b* ]" in second
    assert '#read("/etc/passwd")' in second.replace("“", '"').replace("”", '"').replace("„", '"')
    for index, page in enumerate((first, second)):
        assert (PESELS[index] in page, f"MBI/{index}/2019" in page) == (False, False)


def test_it_is_tagged_in_polish_and_titled() -> None:
    reader = read(letters_pdf(people(1)))
    root: Any = reader.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("pl", True, True)
    assert reader.metadata is not None
    assert reader.metadata.title == "Zaproszenie do założenia konta"
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else False


def test_the_address_stands_in_the_window_of_an_envelope() -> None:
    places: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, _size: object) -> None:
        if "Anna Maria" in text or "61-806" in text:
            places.append((tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

    page = read(letters_pdf(people(1))).pages[0]
    page.extract_text(visitor_text=visit)
    millimetre = 72 / 25.4
    assert len(places) >= 2
    for x, y in places:
        assert 20 <= x / millimetre <= 110
        assert 45 <= 297 - y / millimetre <= 90


def test_an_archive_has_a_file_for_each_batch() -> None:
    some = people(3)
    content = b"".join(zipped(iter([some[:2], some[2:]])))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {name: len(read(archive.read(name)).pages) for name in archive.namelist()} == {
            "zaproszenia-01.pdf": 2,
            "zaproszenia-02.pdf": 1,
        }
    assert postal_letters.LETTERS_IN_FILE == 500
