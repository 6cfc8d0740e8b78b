"""Every view that accepts a file checks its limits before decoding, and strips its metadata."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageCms, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject
from pytest_django.fixtures import Settings
from wagtail.documents.models import Document
from wagtail.images.models import Image as StoredImage
from wagtail.models import Collection, UploadedFile

from egzaminator.panel.wagtail_compat.urls import ALLOWED
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_MEGABYTE = 1024 * 1024
SECRET = b"52.4064N 16.9252E Jan Kowalski"

# Every URL that accepts a file: name in the allow-list, path, and name of the field.
IMAGE_VIEWS = {
    "wagtailimages:add": ("/panel/strony/images/add/", "file"),
    "wagtailimages:edit": ("/panel/strony/images/{pk}/", "file"),
    "wagtailimages:add_multiple": ("/panel/strony/images/multiple/add/", "files[]"),
    "wagtailimages_chooser:create": ("/panel/strony/images/chooser/create/", "image-chooser-upload-file"),
}
DOCUMENT_VIEWS = {
    "wagtaildocs:add": ("/panel/strony/documents/add/", "file"),
    "wagtaildocs:edit": ("/panel/strony/documents/edit/{pk}/", "file"),
    "wagtaildocs:add_multiple": ("/panel/strony/documents/multiple/add/", "files[]"),
    "wagtaildocs_chooser:create": ("/panel/strony/documents/chooser/create/", "document-chooser-upload-file"),
}


@pytest.fixture
def staff(client: Client, settings: Settings, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make_staff())
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    return client


def send(client: Client, view: tuple[str, str], name: str, content: bytes, **more: str) -> Response:
    """Send a file, with the other fields of the view's form."""
    path, field = view
    if "{pk}" in path:
        path = path.format(pk=_something_to_edit(path))
    prefix = field.removesuffix("file") if field.endswith("-file") else ""
    fields = {"title": "Szkoła", "collection": str(Collection.objects.get().pk), "tags": ""} | more
    return client.post(
        path,
        {f"{prefix}{key}": value for key, value in fields.items()} | {field: SimpleUploadedFile(name, content)},
        headers={"X-Requested-With": "XMLHttpRequest"} if path.endswith(("multiple/add/", "create/")) else None,
    )


def said_by(answer: Response) -> str:
    """Return the words of a page, or of the JSON that Wagtail's scripts get."""
    if answer["Content-Type"].startswith("text/html"):
        return words_of(answer)
    return " ".join(str(value) for value in answer.json().values())


def _something_to_edit(path: str) -> int:
    model = StoredImage if "images" in path else Document
    name, content = ("a.png", encoded("PNG")) if model is StoredImage else ("a.pdf", a_pdf())
    row = model.objects.create(title="Dawny", file=SimpleUploadedFile(name, content))
    return int(row.pk)


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    output = io.BytesIO()
    (image or Image.new("RGB", (40, 20), "red")).save(output, kind, **options)
    return output.getvalue()


def huge_png(side: int) -> bytes:
    """Return a valid PNG of one bit a pixel, all black: few bytes, many pixels."""
    row = b"\0" * (1 + side // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row * 1000) for _ in range(side // 1000)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 40), (shade, 0, 0)) for shade in range(40)]
    return encoded(kind, frames[0], save_all=True, append_images=frames[1:], duration=100)


def wide_xlsx() -> bytes:
    """Return a sheet with two cells, twenty million cells apart."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="200000"><c r="CV200000"><v>1</v></c></row>'
    sheet = (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData>'
    )
    return archive({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": f"{sheet}</worksheet>".encode()})


def archive(parts: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return output.getvalue()


def a_pdf(**changes: object) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    writer.metadata = {"/Title": "Wniosek", "/Author": SECRET.decode(), "/Producer": SECRET.decode()}
    xmp = StreamObject()
    xmp.set_data(SECRET)
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)  # noqa: SLF001 -- there is no public way
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): writer.root_object.raw_get("/Metadata")})
    if changes.get("signed"):
        form = DictionaryObject({NameObject("/SigFlags"): NumberObject(3)})
        writer.root_object[NameObject("/AcroForm")] = form
    if changes.get("password"):
        writer.encrypt(str(changes["password"]))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def stored() -> Iterator[bytes]:
    """Yield the content of every stored file."""
    for model in (StoredImage, Document, UploadedFile):
        for row in model.objects.exclude(title="Dawny") if model is not UploadedFile else model.objects.all():
            with row.file.open("rb") as file:
                yield file.read()


def peak_of_memory() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.png": (lambda: huge_png(11_000), "ma więcej niż 25 milionów pikseli"),
    "b.png": (lambda: huge_png(40_000), "ma więcej niż 25 milionów pikseli"),
    "c.gif": (lambda: moving("GIF"), "ruchomy"),
    "d.webp": (lambda: moving("WEBP"), "ruchomy"),
    "e.png": (lambda: moving("PNG"), "ruchomy"),
    "f.png": (lambda: encoded("TIFF"), "nie jest grafiką"),
    "g.tiff": (lambda: encoded("TIFF"), "nie jest grafiką"),
    "h.avif": (lambda: encoded("AVIF"), "nie jest grafiką"),
    "i.jpg": (lambda: encoded("JPEG")[:200], "nie jest grafiką"),
    "j.png": (lambda: b"\x89PNG\r\n\x1a\n", "nie jest grafiką"),
    "k.svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "nie jest grafiką"),
}


def test_these_are_all_views_that_take_a_file() -> None:
    taking = {name for name in ALLOWED if name.partition(":")[2] in {"add", "edit", "add_multiple", "create"}}
    others = {"wagtailadmin_pages", "wagtailredirects", "wagtailadmin_collections", "wagtailsettings"}
    assert {name for name in taking if name.partition(":")[0] not in others} == {*IMAGE_VIEWS, *DOCUMENT_VIEWS}


@pytest.mark.parametrize("view", IMAGE_VIEWS.values(), ids=IMAGE_VIEWS)
def test_an_image_that_would_grow_is_refused_before_it_is_decoded(staff: Client, view: tuple[str, str]) -> None:
    bombs = {name: (make(), words) for name, (make, words) in BOMBS.items()}
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak of memory
    before = peak_of_memory()
    for name, (content, words) in bombs.items():
        answer = send(staff, view, name, content)
        assert (name, answer.status_code) == (name, 200)
        assert (name, words in said_by(answer)) == (name, True)
    assert peak_of_memory() - before < 48 * _MEGABYTE
    assert list(stored()) == []


@pytest.mark.parametrize("view", DOCUMENT_VIEWS.values(), ids=DOCUMENT_VIEWS)
def test_a_document_is_of_a_known_kind_and_bounded(
    staff: Client, view: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros = archive({"content.xml": b"\0" * (8 * _MEGABYTE)})
    monkeypatch.setattr("egzaminator.panel.wagtail_compat.documents._MOST_BYTES", 7 * _MEGABYTE)
    wrong = {
        "a.html": (b"<p>", "Nie przyjmujemy dokumentów"),
        "a.docm": (b"PK", "Nie przyjmujemy dokumentów"),
        "a": (b"x", "Nie przyjmujemy dokumentów"),
        "a.pdf": (b"%PDF-1.7 nic", "uszkodzony"),
        "b.pdf": (a_pdf(password="x"), "hasłem"),
        "a.odt": (b"PK\x03\x04", "uszkodzony"),
        "b.odt": (archive({"inne.xml": b""}), "uszkodzony"),
        "c.odt": (zeros, "rozpakowaniu"),
    }
    for name, (content, words) in wrong.items():
        answer = send(staff, view, name, content)
        assert (name, answer.status_code) == (name, 200)
        assert (name, words in said_by(answer)) == (name, True)
    assert list(stored()) == []
    before = peak_of_memory()
    send(staff, view, "a.xlsx", wide_xlsx())
    assert peak_of_memory() - before < 16 * _MEGABYTE


def pictures_that_tell() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x0112] = 6  # a rotation by 90 degrees
    exif[0x013B] = SECRET.decode()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "a.jpg": encoded("JPEG", exif=exif, comment=SECRET, icc_profile=profile, xmp=SECRET),
        "a.png": encoded("PNG", exif=exif, pnginfo=notes, icc_profile=profile),
        "a.webp": encoded("WEBP", exif=exif, xmp=SECRET, icc_profile=profile),
        "a.gif": encoded("GIF", comment=SECRET),
    }


@pytest.mark.parametrize("view", IMAGE_VIEWS.values(), ids=IMAGE_VIEWS)
def test_nothing_the_camera_wrote_is_kept(staff: Client, view: tuple[str, str]) -> None:
    for name, content in pictures_that_tell().items():
        assert SECRET in content
        too_long = {"title": "x" * 300} if view[1] == "files[]" else {}  # which Wagtail stores to ask again
        for more in ({}, too_long):
            send(staff, view, name, content, **more)
    kept = list(stored())
    assert len(kept) >= (1 if "{pk}" in view[0] else 4)
    for content in kept:
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == ((40, 20) if image.format == "GIF" else (20, 40))
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "version", "background"} | {
                "loop",
                "timestamp",
                "duration",
            }
        assert (SECRET in content, b"Exif" in content, b"ICC_PROFILE" in content) == (False, False, False)


def test_a_transparent_image_stays_so(staff: Client) -> None:
    clear = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    for kind in ("PNG", "WEBP"):
        send(staff, IMAGE_VIEWS["wagtailimages:add"], f"a.{kind.lower()}", encoded(kind, clear))
    palette = clear.convert("P")
    send(staff, IMAGE_VIEWS["wagtailimages:add"], "p.png", encoded("PNG", palette, transparency=0))
    for content in stored():
        with Image.open(io.BytesIO(content)) as image:
            assert image.convert("RGBA").getchannel("A").getpixel((1, 1)) == 0
    assert StoredImage.objects.count() == 3


@pytest.mark.parametrize("view", DOCUMENT_VIEWS.values(), ids=DOCUMENT_VIEWS)
def test_a_document_keeps_its_title_and_not_its_author(staff: Client, view: tuple[str, str]) -> None:
    send(staff, view, "a.pdf", a_pdf())
    for name, heart in (("a.docx", "word/document.xml"), ("a.odt", "content.xml")):
        described = {"docProps/core.xml": SECRET, "docProps/app.xml": SECRET, "meta.xml": SECRET, heart: b"<tekst/>"}
        send(staff, view, name, archive(described))
    kept = list(stored())
    assert len(kept) >= (1 if "{pk}" in view[0] else 3)
    for content in kept:
        assert SECRET not in content
        if content.startswith(b"%PDF"):
            reader = PdfReader(io.BytesIO(content))
            metadata = reader.metadata
            assert metadata is not None
            assert str(metadata["/Title"]) == "Wniosek"
            assert ("/Author" in metadata, reader.xmp_metadata) == (False, None)
            assert "/PieceInfo" not in reader.pages[0]
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                assert all(SECRET not in file.read(name) for name in file.namelist())
                assert b"<tekst/>" in {file.read(name) for name in file.namelist()}


def test_a_signed_document_is_kept_as_it_is(staff: Client) -> None:
    signed = a_pdf(signed=True)
    send(staff, DOCUMENT_VIEWS["wagtaildocs:add"], "a.pdf", signed)
    assert list(stored()) == [signed]
