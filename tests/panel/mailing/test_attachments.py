"""A file on its way to a draft: what is looked at before it is read, and what is said of it."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django.fixtures import Settings

from egzaminator.accounts.models import Account
from egzaminator.mailings.domain.attachments import LARGEST_BYTES, MOST
from egzaminator.mailings.models import Attachment, Mailing
from egzaminator.panel.domain.uploads import ATTACHMENTS
from egzaminator.staff.roles import Role
from egzaminator.stored_files.models import StoredFile
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.pdfs import locked, pdf, signed
from tests.mailings.writing import attach, press, write
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


@pytest.fixture
def draft(officer: Account) -> Mailing:
    return write(officer)


def page_of(mailing: Mailing) -> str:
    return f"/panel/wiadomosci/{mailing.pk}/zalaczniki/"


def send_file(client: Client, mailing: Mailing, content: bytes, name: str = "Program.pdf", **changes: Any) -> Response:
    path = page_of(mailing)
    fields = fields_of(client.get(path)) | {"file": SimpleUploadedFile(name, content)} | changes
    return client.post(path, fields, follow=True)


def test_a_file_is_attached_shown_downloaded_and_removed(client: Client, draft: Mailing, settings: Settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere"  # Django's own handler would fail
    page = send_file(client, draft, pdf())
    assert "Plik jest dołączony." in words_of(page)
    (link,) = set(re.findall(rf"{page_of(draft)}[0-9a-f-]+/(?=\")", page.content.decode()))
    for path in (f"/panel/wiadomosci/{draft.pk}/", f"/panel/wiadomosci/{draft.pk}/wyslij/"):
        assert "Załączniki Program.pdf" in words_of(client.get(path))
    download = client.get(link)
    assert download.getvalue()[:5] == b"%PDF-"
    assert download["Content-Disposition"] == 'attachment; filename="Program.pdf"'
    assert (download["X-Content-Type-Options"], download["Cache-Control"]) == ("nosniff", "no-store")
    assert download["Content-Security-Policy"].startswith("sandbox;")
    fields = fields_of(client.get(page_of(draft)))
    assert "Załącznik jest usunięty." in words_of(client.post(f"{link}usun/", fields, follow=True))
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ\x90", "umowa.pdf", "To nie jest plik PDF albo jest uszkodzony."),
        (b"", "umowa.pdf", "To nie jest plik PDF albo jest uszkodzony."),
        (locked(), "umowa.pdf", "Ten PDF jest chroniony hasłem."),
        (signed(), "umowa.pdf", "Ten PDF ma podpis elektroniczny."),
        (b"%PDF-" + b"x" * LARGEST_BYTES, "umowa.pdf", "Plik jest większy niż 5 MB."),
        (pdf(), "44051401359.pdf", "Zmień nazwę pliku"),
    ],
)
def test_a_file_that_is_not_taken_is_named_at_its_field(
    client: Client, draft: Mailing, content: bytes, name: str, said: str
) -> None:
    page = send_file(client, draft, content, name)
    assert page.status_code == 200
    assert said in words_of(page)
    assert not StoredFile.objects.exists()


def test_without_a_file_the_form_says_so(client: Client, draft: Mailing) -> None:
    page = client.post(page_of(draft), fields_of(client.get(page_of(draft))))
    assert "Wybierz plik" in words_of(page)


def test_a_form_that_is_sent_twice_attaches_one_file(client: Client, draft: Mailing) -> None:
    fields = fields_of(client.get(page_of(draft)))
    for _ in range(2):
        client.post(page_of(draft), fields | {"file": SimpleUploadedFile("Program.pdf", pdf())})
    assert Attachment.objects.count() == 1


def test_of_two_files_in_one_form_one_is_taken(client: Client, draft: Mailing) -> None:
    files = [SimpleUploadedFile("a.pdf", pdf()), SimpleUploadedFile("b.pdf", pdf())]
    client.post(page_of(draft), fields_of(client.get(page_of(draft))) | {"file": files})
    assert [one.name for one in Attachment.objects.all()] == ["a.pdf"]


def test_the_sixth_is_not_offered_nor_taken(client: Client, draft: Mailing, officer: Account) -> None:
    fields = fields_of(client.get(page_of(draft)))
    for _ in range(MOST):
        attach(draft, officer)
    page = client.get(page_of(draft))
    assert "Dołącz plik" not in words_of(page)
    refused = client.post(page_of(draft), fields | {"file": SimpleUploadedFile("x.pdf", pdf())})
    assert "Wiadomość ma już 5 załączników" in words_of(refused)
    assert Attachment.objects.count() == MOST


def test_once_it_is_sent_nothing_is_attached_nor_removed(client: Client, draft: Mailing, officer: Account) -> None:
    make_examiner(email="anna@example.pl")
    attach(draft, officer)
    page, one = fields_of(client.get(page_of(draft))), Attachment.objects.get()
    press(draft, officer)
    for path in (page_of(draft), f"{page_of(draft)}{one.pk}/usun/"):
        answer = client.post(path, page | {"file": SimpleUploadedFile("b.pdf", pdf())}, follow=True)
        assert "Teraz nie jest to możliwe" in words_of(answer)
    assert [one.name for one in Attachment.objects.all()] == ["program.pdf"]
    assert client.get(page_of(draft)).status_code == 302
    assert client.get(f"{page_of(draft)}{one.pk}/").status_code == 200


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def send_unread(client: Client, mailing: Mailing, **headers: str) -> Response:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a.pdf", pdf())})
    extra: dict[str, Any] = {"wsgi.input": Unread(body)}
    return client.generic("POST", page_of(mailing), body, MULTIPART_CONTENT, headers=headers or None, **extra)


def test_of_a_strangers_file_nothing_is_read(draft: Mailing) -> None:
    assert send_unread(Client(enforce_csrf_checks=True), draft)["Location"].startswith("/konto/logowanie/")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RECORDS])
def test_of_a_file_of_other_staff_nothing_is_read(role: Role, draft: Mailing) -> None:
    assert send_unread(browser_of(make_staff(email="inny@oke.example", roles=[role])), draft).status_code == 403


def test_of_a_file_from_another_site_or_past_the_limit_nothing_is_read(client: Client, draft: Mailing) -> None:
    for site in ("cross-site", "same-site", "none"):
        assert send_unread(client, draft, **{"Sec-Fetch-Site": site}).status_code == 403
    for _ in range(ATTACHMENTS.most):
        client.post(page_of(draft))
    assert "bardzo wiele plików" in words_of(send_unread(client, draft))


def test_a_form_from_before_the_last_log_in_keeps_nothing(client: Client, draft: Mailing, officer: Account) -> None:
    fields = fields_of(client.get(page_of(draft)))
    other = browser_of(officer)
    answer = other.post(page_of(draft), fields | {"file": SimpleUploadedFile("a.pdf", pdf())}, follow=True)
    assert "Plik nie został przyjęty" in words_of(answer)
    assert not StoredFile.objects.exists()


def test_a_role_that_was_taken_away_meanwhile_keeps_nothing(
    client: Client, draft: Mailing, officer: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = fields_of(client.get(page_of(draft)))

    class Slow(io.BytesIO):
        """A body during which the role is taken away."""

        def read(self, size: int | None = -1) -> bytes:
            officer.groups.clear()
            return super().read(size)

    body = encode_multipart(BOUNDARY, fields | {"file": SimpleUploadedFile("a.pdf", pdf())})
    extra: dict[str, Any] = {"wsgi.input": Slow(body)}
    client.generic("POST", page_of(draft), body, MULTIPART_CONTENT, **extra)
    assert not StoredFile.objects.exists()


def test_who_may_read_messages_downloads_it_and_others_do_not(draft: Mailing, officer: Account) -> None:
    attach(draft, officer)
    link = f"{page_of(draft)}{Attachment.objects.get().pk}/"
    answers = {}
    for role in Role:
        member = make_staff(email=f"{role.name.lower()}@oke.example", roles=[role])
        answers[role] = browser_of(member).get(link).status_code
    assert answers == {role: 200 if role in {Role.RECORDS, Role.INSPECTOR} else 403 for role in Role}
    other = write(officer)
    assert browser_of(officer).get(f"{page_of(other)}{Attachment.objects.get().pk}/").status_code == 404


def test_an_examiner_does_not_read_it_in_the_panel(draft: Mailing, officer: Account) -> None:
    attach(draft, officer)
    make_account(make_examiner())
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get(f"{page_of(draft)}{Attachment.objects.get().pk}/").status_code == 403
