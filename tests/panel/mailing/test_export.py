"""The list of a mailing's recipients as a workbook."""

import io
import uuid

import pytest
from django.test import Client
from openpyxl import load_workbook

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, ShownPeople
from egzaminator.mailings.models import Mailing
from egzaminator.panel.domain.make_export import make_export
from egzaminator.register.enums import ExportState
from egzaminator.register.models import Examiner, Export
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.html import fields_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import press, work, write
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "Telefony do osób bez adresu"


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


@pytest.fixture
def mailing(officer: Account, mailbox: Receiver) -> Mailing:
    make_examiner(email="anna@example.pl", numbers=("A/1",))
    make_examiner(pesel=PESELS[1], numbers=("=B/1",), surname="=1+1", email="jan@example.pl")
    make_examiner(pesel=PESELS[2], numbers=(), surname="Żak")
    mailbox.answer("RCPT", "jan@example.pl", "550 5.1.1 <jan@example.pl> User unknown")
    mailing = press(write(officer), officer)
    work()
    return mailing


def page_of(mailing: Mailing) -> str:
    return f"/panel/wiadomosci/{mailing.pk}/odbiorcy/eksport/"


def ask(client: Client, mailing: Mailing, **fields: str) -> str:
    path = page_of(mailing)
    return str(client.post(path, fields_of(client.get(path)) | {"reason": REASON} | fields)["Location"])


def rows_of(client: Client, page: str) -> list[tuple[object, ...]]:
    make_export()
    path = f"{page}pobierz/"
    content = client.post(path, fields_of(client.get(page))).getvalue()
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_it_says_what_became_of_each_in_plain_words(client: Client, officer: Account, mailing: Mailing) -> None:
    heading, *rows = rows_of(client, ask(client, mailing))
    assert heading == (
        "Nazwisko", "Imiona", "Numery ewidencyjne", "Adres e-mail", "Stan", "Powód", "Co odpowiedział serwer poczty",
        "Przeczytana w „Moim koncie”",
    )  # fmt: skip
    refused, handed_over, without = rows
    assert handed_over[:6] == (
        "Łukasik", "Anna Maria", "A/1", "anna@example.pl", "przekazana serwerowi poczty", None,
    )  # fmt: skip
    assert refused[:5] == ("'=1+1", "Anna Maria", "'=B/1", "jan@example.pl", "odrzucona")
    assert refused[5] == "nie ma takiej skrzynki"
    assert "User unknown" in str(refused[6])
    assert without[:5] == ("Żak", "Anna Maria", None, None, "brak adresu e-mail")
    assert not any(pesel in str(rows) for pesel in PESELS)


def test_it_is_recorded_with_the_reason_and_with_whose_data_it_holds(
    client: Client, officer: Account, mailing: Mailing
) -> None:
    rows_of(client, ask(client, mailing, state="no-email"))
    asked, downloaded = Event.objects.get(tag=Tag.EXPORT_ASKED), Event.objects.get(tag=Tag.EXPORT_DOWNLOADED)
    assert (asked.details["mailing"], asked.details["people"]) == (str(mailing.pk), 1)
    assert (asked.actor, downloaded.actor, asked.staff_text) == (officer.pk, officer.pk, downloaded.staff_text)
    assert ShownPeople.objects.get().people == [Examiner.objects.get(surname="Żak").pk]


def test_one_state_is_chosen_on_the_list(client: Client, mailing: Mailing) -> None:
    assert (
        f'href="{page_of(mailing)}?stan=refused"'
        in client.get(f"/panel/wiadomosci/{mailing.pk}/odbiorcy/?stan=refused").content.decode()
    )
    form = client.get(f"{page_of(mailing)}?stan=refused").content.decode()
    assert '<option value="refused" selected>' in form
    assert len(rows_of(client, ask(client, mailing, state="refused"))) == 2


def test_whoever_it_has_not_reached_is_one_list(client: Client, mailing: Mailing) -> None:
    listed = client.get(f"/panel/wiadomosci/{mailing.pk}/odbiorcy/?stan=missed").content.decode()
    assert '<a href="?stan=missed" aria-current="page">nie dotarła (2)</a>' in listed
    assert ("=1+1" in listed, "Żak" in listed, "Łukasik" in listed) == (True, True, False)
    assert f'href="{page_of(mailing)}?stan=missed"' in listed
    assert [row[0] for row in rows_of(client, ask(client, mailing, state="missed"))] == ["Nazwisko", "'=1+1", "Żak"]


def test_a_form_that_is_sent_twice_makes_one_file_and_without_a_reason_none(client: Client, mailing: Mailing) -> None:
    fields = fields_of(client.get(page_of(mailing)))
    assert client.post(page_of(mailing), fields).status_code == 200
    answers = [client.post(page_of(mailing), fields | {"reason": REASON})["Location"] for _ in range(2)]
    assert (len(set(answers)), Export.objects.count()) == (1, 1)


def test_a_colleague_does_not_open_it_and_a_deleted_mailing_has_none(client: Client, mailing: Mailing) -> None:
    page = ask(client, mailing)
    other = browser_of(make_staff(email="iga@oke.example", roles=[Role.RECORDS]))
    assert other.get(page).status_code == 404
    Mailing.objects.all().delete()
    make_export()
    assert Export.objects.get().state == ExportState.FAILED


def test_a_draft_has_no_list(client: Client, officer: Account) -> None:
    draft = write(officer)
    assert client.get(page_of(draft))["Location"] == f"/panel/wiadomosci/{draft.pk}/"
    assert client.get(page_of(Mailing(pk=uuid.uuid4()))).status_code == 404


def test_the_job_asks_for_the_permission_again(client: Client, officer: Account, mailing: Mailing) -> None:
    ask(client, mailing)
    officer.groups.clear()
    make_export()
    assert Export.objects.get().state == ExportState.FAILED
