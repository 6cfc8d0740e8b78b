"""A file on its way into the database: what is looked at before it is read, and what may go wrong meanwhile."""

import io
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django.fixtures import Settings

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.form_marks import MARK_FIELD
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.panel.domain.uploads import DAILY
from egzaminator.panel.imports import upload
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Import
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.roles import Role
from egzaminator.stored_files.domain.files import read_file
from egzaminator.stored_files.models import PIECE_BYTES, Piece, StoredFile
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, marks_of, words_of
from tests.helpers.links import text_of
from tests.panel.imports.sending import LIST, make_officer, send_file
from tests.panel.staff_browser import browser_of
from tests.register.files import ANNA, csv_file

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CSV: Final = csv_file(ANNA).getvalue()


@pytest.fixture
def officer() -> Account:
    return make_officer()


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


def nothing_is_kept() -> bool:
    return not (Import.objects.exists() or StoredFile.objects.exists() or Piece.objects.exists())


def test_a_file_stands_encrypted_in_the_database_and_nowhere_else(
    client: Client, officer: Account, settings: Settings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"  # Django's own handler would fail
    content = CSV + b";" * 4 * 1024 * 1024
    response = send_file(client, content, "lista 22.11.csv")
    one = Import.objects.get()
    assert response["Location"] == f"{LIST}{one.pk}/"
    assert (one.state, one.uploader, one.report["name"]) == (ImportState.WAITING, officer.pk, "lista 22.11.csv")
    assert one.file is not None
    assert (one.file.owner, one.file.size) == (officer.pk, len(content))
    assert "lista" not in one.file.name
    assert b"".join(read_file(file=one.file)) == content
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stored_files_piece WHERE position('44051401359'::bytea in content) > 0")
        assert cursor.fetchone() == (0,)


def test_a_file_sent_is_recorded_without_what_it_holds(client: Client, officer: Account) -> None:
    send_file(client, CSV, "Łukasik Anna.csv")
    event = Event.objects.get(tag=Tag.IMPORT_UPLOADED)
    assert event.actor == officer.pk
    assert "asik" not in str(event.details)


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def send_unread(client: Client, **headers: str) -> Response:
    """Send a file whose body must not be read."""
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("lista.csv", CSV)})
    extra: dict[str, Any] = {"wsgi.input": Unread(body)}
    return client.generic("POST", LIST, body, content_type=MULTIPART_CONTENT, headers=headers or None, **extra)


def test_of_a_strangers_file_nothing_is_read(officer: Account) -> None:
    assert send_unread(Client(enforce_csrf_checks=True))["Location"].startswith("/konto/logowanie/")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RECORDS])
def test_of_a_file_of_other_staff_nothing_is_read(role: Role, officer: Account) -> None:
    assert send_unread(browser_of(make_staff(email="inny@oke.example", roles=[role]))).status_code == 403


def test_of_an_examiners_file_nothing_is_read(officer: Account) -> None:
    make_account(make_examiner())
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert send_unread(client).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_of_a_file_sent_by_another_site_nothing_is_read(client: Client, headers: dict[str, str]) -> None:
    response = send_unread(client, **headers)
    assert response.status_code == 403
    assert nothing_is_kept()


def test_a_file_sent_from_another_origin_is_not_read(officer: Account) -> None:
    client = browser_of(officer)
    client.defaults.pop("HTTP_SEC_FETCH_SITE")  # an old browser
    assert send_unread(client, Origin="https://evil.example").status_code == 403


def test_past_the_limit_nothing_is_read_and_the_page_says_so(client: Client, officer: Account) -> None:
    for _ in range(DAILY.most):
        assert send_file(client, CSV).status_code == 302
    response = send_unread(client)
    assert "Wysłano już 20 plików w ciągu doby" in words_of(response)
    assert Import.objects.count() == DAILY.most
    assert Event.objects.filter(tag=Tag.LOOKUPS_CAPPED, actor=officer.pk).count() == 1


def test_the_inspector_is_told_once_past_half_the_limit(client: Client) -> None:
    make_staff(email="iod@oke.example", name="Ida Inspektor", roles=[Role.INSPECTOR])
    for _ in range(DAILY.most // 2):
        send_file(client, CSV)
    assert not Email.objects.filter(kind=EmailKind.MANY_UPLOADS).exists()
    for _ in range(3):
        send_file(client, CSV)
    told = Email.objects.get(kind=EmailKind.MANY_UPLOADS)
    assert told.email == "iod@oke.example"
    assert "Jan Nowak" in text_of(told)


def test_without_an_inspector_the_board_is_told(client: Client) -> None:
    for _ in range(DAILY.most // 2 + 1):
        send_file(client, CSV)
    assert Email.objects.filter(kind=EmailKind.MANY_UPLOADS).count() == 1


def parts(client: Client, *files: tuple[str, str, bytes]) -> bytes:
    """Return the body of a form with these files: field, name, content."""
    fields = {**fields_of(client.get(LIST)), MARK_FIELD: marks_of(client.get(LIST))[LIST]}
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
        if name != "file"
    )
    for field, name, content in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def send_body(client: Client, body: bytes, content_type: str = MULTIPART_CONTENT) -> Response:
    return client.generic("POST", LIST, body, content_type=content_type)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "Wybierz plik"),
        ([("file", "", b"")], "Wybierz plik"),
        ([("file", "pusty.csv", b"")], "Plik jest pusty"),
        ([("plik", "lista.csv", CSV)], "Wybierz plik"),
        ([("file", "a.csv", CSV), ("file", "b.csv", CSV)], "Wysłano kilka plików"),
        ([("file", "a.csv", CSV), ("file", "b.csv", CSV), ("file", "c.csv", CSV)], "Wysłano kilka plików"),
    ],
)
def test_what_is_no_file_is_named_at_the_field(client: Client, files: list[tuple[str, str, bytes]], words: str) -> None:
    response = send_body(client, parts(client, *files))
    assert response.status_code == 200
    assert words in words_of(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert nothing_is_kept()


def test_a_second_field_beside_the_file_is_ignored(client: Client) -> None:
    others = ("x", "x.csv", b"x")
    assert send_body(client, parts(client, others, ("file", "a.csv", CSV), others)).status_code == 302
    assert StoredFile.objects.get().size == len(CSV)


@pytest.mark.parametrize("kept", [0.99, 0.5])
def test_a_file_that_breaks_off_is_not_taken(client: Client, kept: float) -> None:
    body = parts(client, ("file", "lista.csv", CSV + b";" * 3 * PIECE_BYTES))
    response = send_body(client, body[: int(len(body) * kept)])
    assert "Plik nie dotarł w całości" in words_of(response)
    assert nothing_is_kept()


class Broken(io.BytesIO):
    """A connection that is lost in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 100_000:
            raise OSError("connection lost")
        return super().read(min(size, 10_000) if size and size > 0 else 10_000)


def test_a_connection_that_is_lost_leaves_nothing(client: Client) -> None:
    body = parts(client, ("file", "lista.csv", CSV + b";" * 5 * PIECE_BYTES))
    extra: dict[str, Any] = {"wsgi.input": Broken(body)}
    response = client.generic("POST", LIST, body, content_type=MULTIPART_CONTENT, **extra)
    assert response.status_code < 500
    assert nothing_is_kept()


@pytest.mark.parametrize(
    "body",
    [b"", b"--", f"--{BOUNDARY}\r\n".encode(), b"\0" * 1000, f"--{BOUNDARY}\r\nContent-Disposition: x".encode()],
)
def test_a_body_that_is_none_is_refused(client: Client, body: bytes) -> None:
    assert send_body(client, body).status_code in {302, 400}
    assert nothing_is_kept()


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/csv", "multipart/form-data", "multipart/mixed", ""]
)
def test_a_body_of_another_type_is_not_taken(client: Client, content_type: str) -> None:
    response = send_body(client, parts(client, ("file", "lista.csv", CSV)), content_type)
    assert response.status_code in {302, 400}
    assert nothing_is_kept()


def test_what_the_browser_calls_the_file_does_not_matter(client: Client) -> None:
    file = SimpleUploadedFile("../../etc/żółw<b>.exe", CSV, "application/x-msdownload")
    assert send_file(client, b"", file=file).status_code == 302
    assert Import.objects.get().report["name"] == "żółw<b>.exe"
    assert "żółw&lt;b&gt;.exe" in client.get(LIST).content.decode()


def test_a_file_that_is_too_large_is_told_while_it_arrives(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "LARGEST_BYTES", 3 * PIECE_BYTES)
    assert send_file(client, b";" * 3 * PIECE_BYTES).status_code == 302
    Import.objects.all().delete()
    StoredFile.objects.all().delete()
    response = send_file(client, b";" * (3 * PIECE_BYTES + 1))
    assert "Plik jest większy niż 50 MB" in words_of(response)
    assert nothing_is_kept()


def test_the_form_says_what_is_taken_before_it_is_sent(client: Client) -> None:
    page = client.get(LIST)
    assert "do 50 MB" in words_of(page)
    assert f'data-largest="{50 * 1024 * 1024}"' in page.content.decode()


def test_memory_does_not_grow_with_the_file(client: Client) -> None:
    def peak(pieces: int) -> int:
        body = parts(client, ("file", "lista.csv", bytes(pieces * PIECE_BYTES)))
        tracemalloc.start()
        assert send_body(client, body).status_code == 302
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most - len(body)  # the test client's own copy

    peak(2)
    assert peak(60) < 2 * peak(10) + 10 * PIECE_BYTES


def test_a_form_of_before_another_log_in_keeps_nothing_and_says_so(client: Client) -> None:
    response = send_file(client, CSV, csrfmiddlewaretoken="x" * 64)
    assert response["Location"] == LIST
    assert "Wybierz plik jeszcze raz" in words_of(client.get(LIST))
    assert nothing_is_kept()


def test_a_colleagues_form_is_not_taken(client: Client, officer: Account) -> None:
    colleague = browser_of(make_staff(email="iga@oke.example", name="Iga", roles=[Role.RECORDS]))
    response = send_file(client, CSV, **{MARK_FIELD: marks_of(colleague.get(LIST))[LIST]})
    assert response["Location"] == LIST
    assert nothing_is_kept()


def test_a_form_sent_twice_makes_one_import(client: Client) -> None:
    same = {"import_id": str(uuid.uuid4())}
    first, again = send_file(client, CSV, **same), send_file(client, CSV + b"x", **same)
    assert first["Location"] == again["Location"]
    assert StoredFile.objects.get().size == len(CSV)
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("import_id", ["", "x", "../../etc/passwd"])
def test_a_forged_id_makes_nothing(client: Client, import_id: str) -> None:
    assert send_file(client, CSV, import_id=import_id).status_code == 200
    assert nothing_is_kept()


def dismissed(member: Account) -> None:
    end_member(member=member, by=administrator())


def without_role(member: Account) -> None:
    change_roles(member=member, roles=[Role.HELP_DESK], by=administrator())


def administrator() -> Actor:
    return Actor(Account.objects.get(email="szef@oke.example").pk)


class Meanwhile(io.BytesIO):
    """A body in the middle of which something else happens, or at its end."""

    def __init__(self, body: bytes, happens: Callable[[], object]) -> None:
        super().__init__(body)
        self._since = min(100_000, len(body) - 1)
        self._happens: Iterator[Callable[[], object]] = iter([happens])

    def read(self, size: int | None = -1) -> bytes:
        some = super().read(min(size, 50_000) if size and size > 0 else 50_000)
        if self.tell() > self._since and (happens := next(self._happens, None)):
            happens()
        return some


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pieces", [0, 5])
@pytest.mark.parametrize("happens", [dismissed, without_role])
def test_who_is_dismissed_while_the_file_arrives_leaves_nothing(
    client: Client, officer: Account, happens: Callable[[Account], None], pieces: int
) -> None:
    body = parts(client, ("file", "lista.csv", CSV + b";" * pieces * PIECE_BYTES))
    extra: dict[str, Any] = {"wsgi.input": Meanwhile(body, lambda: happens(officer))}
    response = client.generic("POST", LIST, body, content_type=MULTIPART_CONTENT, **extra)
    assert response.status_code < 500
    assert nothing_is_kept()
