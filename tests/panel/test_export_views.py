import datetime
import re
import uuid

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.encryption import UndecryptableError
from egzaminator.panel.domain.exports import DAILY
from egzaminator.panel.domain.make_export import make_export
from egzaminator.register.enums import ExportState
from egzaminator.register.models import Export, Selection
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.roles import Role
from egzaminator.stored_files.models import Piece, StoredFile
from tests.helpers.factories import make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.key_rotation.tampering import spoil
from tests.panel.staff_browser import browser_of
from tests.register.files import ANNA, JAN
from tests.register.importing import read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASK, LIST = "/panel/egzaminatorzy/eksport/", "/panel/egzaminatorzy/eksporty/"
TYPED = {"content": "register-file", "format": "csv", "reason": "Na naradę u dyrektora"}


@pytest.fixture
def officer() -> Account:
    make_staff(email="szef@oke.example", name="Szef Administrator", roles=[Role.ADMINISTRATOR])
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


def ask(client: Client, **changes: str) -> Response:
    return client.post(ASK, fields_of(client.get(ASK)) | TYPED | changes)


def ready(client: Client, **changes: str) -> str:
    """Have a file made. Return the address of its page."""
    page = ask(client, **changes)["Location"]
    make_export()
    return page


def download(client: Client, page: str) -> Response:
    return client.post(f"{page}pobierz/", fields_of(client.get(LIST)))


def test_a_file_is_asked_for_made_and_downloaded(client: Client) -> None:
    read(ANNA)
    page = ask(client)["Location"]
    assert "Plik czeka na swoją kolej" in words_of(client.get(page))
    make_export()
    words = words_of(client.get(page))
    assert "Plik jest gotowy" in words
    assert "Termin pobrania:" in words
    response = download(client, page)
    name = f"ewidencja-{timezone.localdate()}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    content = response.getvalue()
    assert int(response["Content-Length"]) == len(content)
    assert content.startswith(b"\xef\xbb\xbfpesel;identyfikator;imiona;")
    assert b"44051401359;;Anna Maria;" in content


def test_a_workbook_has_the_type_of_workbooks(client: Client) -> None:
    response = download(client, ready(client, format="xlsx", content="people"))
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"] == f'attachment; filename="egzaminatorzy-{timezone.localdate()}.xlsx"'
    assert response.getvalue().startswith(b"PK")


def test_the_page_shows_how_far_it_is_and_needs_no_script(client: Client) -> None:
    page = ask(client)["Location"]
    Export.objects.update(state=ExportState.RUNNING, rows=4000, rows_done=1000, attempts=1)
    html = client.get(page).content.decode()
    assert re.search(r'<progress id="progress" max="4000" value="1000"', html)
    words = words_of(client.get(page))
    assert "Wiersze: 1000 z 4000" in words
    assert "Odśwież" in words
    Export.objects.update(state=ExportState.FAILED)
    assert "Nie udało się przygotować pliku" in words_of(client.get(page))
    assert "Odśwież" not in words_of(client.get(page))


def test_whoever_closed_the_page_finds_the_file_in_the_list(client: Client) -> None:
    page = ready(client)
    html = client.get(LIST).content.decode()
    assert f'href="{page}"' in html
    assert "gotowy" in words_of(client.get(LIST))


def test_the_list_costs_as_much_for_many_files_as_for_one(client: Client) -> None:
    ready(client)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    ready(client)
    ready(client)
    with CaptureQueriesContext(connection) as three:
        assert client.get(LIST).content.decode().count("<tr>") == 4
    assert len(three) == len(one)


def test_nothing_is_asked_for_by_get(client: Client) -> None:
    client.get(ASK, TYPED)
    page = ready(client)
    assert client.get(f"{page}pobierz/").status_code == 405
    assert Export.objects.count() == 1
    assert not Event.objects.filter(tag=Tag.EXPORT_DOWNLOADED).exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Wpisz powód"),
        ({"reason": "PESEL 44051401359"}, "Usuń numer PESEL"),
        ({"content": "wszystko"}, "Wybierz poprawną wartość"),
        ({"format": "exe"}, "Wybierz poprawną wartość"),
        ({"export_id": "../../etc/passwd"}, "Błąd"),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(client: Client, changes: dict[str, str], words: str) -> None:
    response = ask(client, **changes)
    assert response.status_code == 200
    assert words in words_of(response)
    assert fields_of(response)["reason"] == changes.get("reason", TYPED["reason"])
    assert Export.objects.count() == 0


def test_a_form_sent_again_leads_to_the_same_file(client: Client) -> None:
    sent = fields_of(client.get(ASK)) | TYPED
    first, again = client.post(ASK, sent), client.post(ASK, sent)
    assert first["Location"] == again["Location"]
    assert Export.objects.count() == 1
    make_export()
    assert client.post(ASK, sent)["Location"] == first["Location"]
    assert (Export.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_anothers_file_is_not_found_and_not_made_ones_own(client: Client) -> None:
    other = browser_of(make_staff(email="inna@oke.example", roles=[Role.RECORDS]))
    page = ready(other)
    missing = f"{LIST}{uuid.uuid4()}/"
    for address in (page, missing):
        assert client.get(address).status_code == 404
        assert download(client, address).status_code == 404
    assert page not in client.get(LIST).content.decode()
    stolen = ask(client, export_id=page.rstrip("/").rpartition("/")[2])
    assert client.get(stolen["Location"]).status_code == 404
    assert not Event.objects.filter(tag=Tag.EXPORT_DOWNLOADED).exists()
    assert Export.objects.count() == 1


def test_each_download_is_recorded_and_stands_in_the_journal_in_words(client: Client) -> None:
    read(ANNA)
    page = ready(client)
    for _ in range(2):
        download(client, page)
    assert Event.objects.filter(tag=Tag.EXPORT_DOWNLOADED).count() == 2
    inspector = browser_of(make_staff(email="iod@oke.example", name="Iga Inspektor", roles=[Role.INSPECTOR]))
    words = words_of(inspector.get("/panel/dziennik/"))
    what = "ewidencja z numerami PESEL, CSV"
    assert f"Pracownik komisji poprosił o plik z egzaminatorami: {what}; liczba osób: 1" in words
    assert words.count(f"Pracownik komisji pobrał plik z egzaminatorami: {what}; liczba wierszy: 1") == 2
    assert words.count("Powód: Na naradę u dyrektora") == 3


def test_a_role_taken_away_between_request_and_download_closes_the_file(client: Client, officer: Account) -> None:
    page = ready(client)
    change_roles(member=officer, roles=[Role.HELP_DESK], by=SYSTEM)
    assert [client.get(address).status_code for address in (ASK, LIST, page)] == [403] * 3
    token = fields_of(client.get("/panel/moje-konto/"))
    assert client.post(f"{page}pobierz/", token).status_code == 403


def test_who_may_no_longer_have_pesels_still_has_lists(client: Client, officer: Account) -> None:
    pesels, people = ready(client), ready(client, content="people")
    lists, _ = Group.objects.get_or_create(name="listy")
    lists.permissions.set(Permission.objects.filter(content_type__app_label="register", codename="export"))
    officer.groups.set([lists])
    assert (download(client, pesels).status_code, download(client, people).status_code) == (403, 200)
    assert "z numerami PESEL" not in words_of(client.get(ASK)).partition("Zawartość pliku")[2].partition("Format")[0]
    assert "Wybierz poprawną wartość" in words_of(ask(client))


def test_the_end_of_the_account_closes_every_open_tab(client: Client, officer: Account) -> None:
    page = ready(client)
    token = fields_of(client.get(page))
    end_member(member=officer, by=SYSTEM)
    assert client.post(f"{page}pobierz/", token)["Location"].startswith("/konto/logowanie/")
    assert StoredFile.objects.count() == 0


def test_asking_and_downloading_take_a_recent_proof(client: Client) -> None:
    page = ready(client)
    sent, token = fields_of(client.get(ASK)) | TYPED, fields_of(client.get(page))
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert client.post(ASK, sent)["Location"].startswith("/konto/potwierdzenie/")
        assert "Najpierw potwierdź" in words_of(client.get(page))
        assert client.post(f"{page}pobierz/", token)["Location"].startswith("/konto/potwierdzenie/")
    assert Export.objects.count() == 1
    assert not Event.objects.filter(tag=Tag.EXPORT_DOWNLOADED).exists()


def test_a_file_that_is_not_ready_or_over_is_not_sent(client: Client) -> None:
    page = ask(client)["Location"]
    assert download(client, page)["Location"] == page
    make_export()
    StoredFile.objects.update(expires_at=timezone.now())
    assert download(client, page)["Location"] == page
    assert "Plik nie jest jeszcze gotowy albo minął jego czas" in words_of(client.get(page))
    assert not Event.objects.filter(tag=Tag.EXPORT_DOWNLOADED).exists()


def test_a_damaged_piece_breaks_the_download_off_and_is_recorded(client: Client) -> None:
    page = ready(client)
    spoil(Piece.objects.get(), "content")
    response = download(client, page)
    with pytest.raises(UndecryptableError, match=r"^stored-files\.piece:"):
        response.getvalue()
    assert Event.objects.get(tag=Tag.VALUE_UNDECRYPTABLE).details["location"] == "stored-files.piece"


def test_the_twenty_first_file_of_a_day_is_refused_in_words(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        for _ in range(DAILY.most):
            assert ask(client).status_code == 302
        response = ask(client)
    assert "Dziś powstało już 20 twoich plików" in words_of(response)
    assert fields_of(response)["reason"] == TYPED["reason"]


def test_the_page_says_how_many_people_it_will_hold(client: Client) -> None:
    make_examiner()
    assert "W pliku będzie 1 osoba" in words_of(client.get(ASK))


def selection_of(client: Client, **terms: str) -> str:
    """Have a list made. Return the address of its export."""
    sent = fields_of(client.get("/panel/egzaminatorzy/")) | terms
    return f"{client.post('/panel/egzaminatorzy/', sent)['Location']}eksport/"


def test_a_selection_is_exported_and_nobody_else(client: Client) -> None:
    read(ANNA, JAN)
    address = selection_of(client, asked="Żak")
    assert f'href="{address}"' in client.get(address.removesuffix("eksport/")).content.decode()
    page = client.get(address)
    assert "W pliku będzie 1 osoba" in words_of(page)
    asked = client.post(address, fields_of(page) | TYPED)
    make_export()
    rows = download(client, asked["Location"]).getvalue().decode().splitlines()
    assert [row.split(";")[3] for row in rows] == ["nazwisko", "Żak"]


def test_a_forged_or_anothers_selection_is_not_found(client: Client) -> None:
    read(JAN)
    other = browser_of(make_staff(email="inna@oke.example", roles=[Role.RECORDS]))
    for address in (selection_of(other, asked="Żak"), f"/panel/egzaminatorzy/lista/{uuid.uuid4()}/eksport/"):
        assert client.get(address).status_code == 404
        assert client.post(address, fields_of(client.get(ASK)) | TYPED).status_code == 404
    assert Export.objects.count() == 0


def test_a_selection_that_is_gone_gives_no_file_of_everybody(client: Client) -> None:
    read(ANNA, JAN)
    address = selection_of(client, asked="Żak")
    client.post(address, fields_of(client.get(address)) | TYPED)
    Selection.objects.all().delete()
    make_export()
    assert (Export.objects.get().state, StoredFile.objects.count()) == (ExportState.FAILED, 0)
