import contextlib
import io
import random
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject

from egzaminator.core.pdf_files import PdfError, PdfFault, clean_pdf
from tests.helpers.pdfs import INSIDE, SCRIPT, SECRET, add_note, in_root, link, locked, pdf, signed


def clean(content: bytes) -> bytes:
    return clean_pdf(io.BytesIO(content))


def reading(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def fault_of(content: bytes) -> PdfFault:
    with pytest.raises(PdfError) as error:
        clean(content)
    return error.value.fault


def notes_of(content: bytes) -> list[DictionaryObject]:
    notes: Any = reading(clean(content)).pages[0]["/Annots"]
    return [note.get_object() for note in notes]


def action_of(content: bytes) -> Any:
    (note,) = notes_of(content)
    return note["/A"].get_object() if "/A" in note else None


def test_metadata_goes_and_the_title_stays() -> None:
    cleaned = clean(pdf(in_root({"/Metadata": {"/By": SECRET}, "/PieceInfo": {"/By": SECRET}})))
    assert [(name, str(value)) for name, value in (reading(cleaned).metadata or {}).items()] == [
        ("/Title", "Program szkolenia")
    ]
    assert len(reading(cleaned).pages) == 1
    assert b"Kowalski" not in cleaned
    assert b"Kowalski" not in clean(pdf(title=""))


def test_what_is_inside_or_starts_by_itself_goes() -> None:
    def change(writer: PdfWriter) -> None:
        in_root({"/Names": {"/JavaScript": {"/Names": ["a", {"/S": "/JavaScript", "/JS": SCRIPT}]}}})(writer)
        writer.add_attachment("program.exe", INSIDE)
        in_root({"/OpenAction": {"/S": "/JavaScript", "/JS": SCRIPT}, "/AA": {"/WC": {"/S": "/Launch"}}})(writer)
        in_root({"/AcroForm": {"/XFA": SCRIPT, "/Fields": []}, "/Collection": {"/View": "/D"}})(writer)

    before, after = pdf(change), clean(pdf(change))
    assert (b"alertread" in before, INSIDE in before) == (True, True)
    for trace in (b"alertread", INSIDE, b"/JavaScript", b"/EmbeddedFile", b"/OpenAction", b"/AA", b"/XFA", b"/EF"):
        assert trace not in after
    assert "/Collection" not in reading(after).root_object


def test_a_name_in_another_spelling_is_the_same_name() -> None:
    content = pdf(link({"/S": "/JavaScript", "/JS": SCRIPT})).replace(b"/JavaScript", b"/J#61vaScript")
    assert action_of(content) is None
    assert b"alertread" not in clean(content.replace(b"/JS", b"/J#53"))


@pytest.mark.parametrize(
    "action",
    [
        {"/S": "/Launch", "/F": "cmd.exe"},
        {"/S": "/GoToR", "/F": "//evil.example/share", "/D": [0, "/Fit"]},
        {"/S": "/SubmitForm", "/F": "https://evil.example/"},
        {"/S": "/ImportData", "/F": "C:\\Users\\jan"},
        {"/S": "/URI", "/URI": "javascript:alert(1)"},
        {"/S": "/URI", "/URI": "file:///etc/passwd"},
        {"/S": "/URI", "/URI": " \\\\evil.example\\share"},
        {"/S": "/URI"},
        {"/S": "/Unknown"},
    ],
)
def test_a_link_that_does_more_than_lead_somewhere_goes(action: dict[str, object]) -> None:
    assert action_of(pdf(link(action))) is None


@pytest.mark.parametrize("url", ["https://oke.example/zapisy", "HTTP://oke.example", "mailto:biuro@oke.example"])
def test_a_link_to_a_page_stays_without_what_follows(url: str) -> None:
    action = action_of(pdf(link({"/S": "/URI", "/URI": url, "/Next": {"/S": "/JavaScript", "/JS": SCRIPT}})))
    assert action == {"/S": "/URI", "/URI": url}


@pytest.mark.parametrize("kind", ["/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia"])
def test_a_note_with_a_file_in_it_goes_and_others_stay(kind: str) -> None:
    assert notes_of(pdf(add_note({"/Subtype": kind, "/FS": {"/EF": {"/F": "x"}}}))) == []
    assert [note["/Contents"] for note in notes_of(pdf(add_note({"/Subtype": "/Text", "/Contents": "Uwaga"})))]


@pytest.mark.parametrize("content", [b"", b"MZ", b"<html>%PDF-1.7</html>", b"%PDF-1.7", pdf()[:200]])
def test_what_is_no_pdf_is_told_by_its_content(content: bytes) -> None:
    assert fault_of(content) is PdfFault.DAMAGED


def test_what_follows_the_end_of_the_file_goes() -> None:
    assert INSIDE not in clean(pdf() + INSIDE)


def test_what_cannot_be_cleaned_is_named() -> None:
    assert fault_of(locked()) is PdfFault.LOCKED
    assert fault_of(signed()) is PdfFault.SIGNED
    assert fault_of(pdf().replace(b"/Size ", b"/Size 999999")) is PdfFault.TOO_MUCH


def test_a_file_for_the_public_pages_keeps_its_scripts() -> None:
    content = pdf(in_root({"/OpenAction": {"/S": "/JavaScript", "/JS": SCRIPT}}))
    assert b"alertread" in clean_pdf(io.BytesIO(content), keep_active=True)


def test_broken_files_are_named_as_such() -> None:
    """A seeded run over a file with bytes changed and left out: nothing but `PdfError` comes of it."""
    whole, dice = pdf(link({"/S": "/URI", "/URI": "https://oke.example"})), random.Random(13)  # noqa: S311 -- not a secret
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(broken))
            broken[at : at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
        with contextlib.suppress(PdfError):
            clean(bytes(broken))
