"""The screens of invitations, from a list to the letters."""

import datetime
import io
import re
import uuid
import zipfile

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email, EmailHold
from egzaminator.mailings.domain.invitations import invite, queue_waiting
from egzaminator.panel.domain.make_export import make_export
from egzaminator.register.models import Examiner, Export
from egzaminator.staff.roles import Role
from tests.helpers.factories import HOME, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = "/panel/wiadomosci/zaproszenia/"


@pytest.fixture
def client() -> Client:
    return browser_of(make_staff(roles=[Role.RECORDS]))


@pytest.fixture
def people() -> list[Examiner]:
    return [
        make_examiner(email="anna@example.org", numbers=("A/1",)),
        make_examiner(pesel=PESELS[1], first_names="Jan", postal_address=HOME, numbers=("A/2",)),
        make_examiner(pesel=PESELS[2], first_names="Olga", numbers=("A/3",)),
    ]


def invite_page(client: Client) -> str:
    found = send(client, "/panel/egzaminatorzy/", asked="Łuk")["Location"]
    link = re.search(r'href="(/panel/wiadomosci/zaproszenia/nowe/[^"]+)">Zaproś<', client.get(found).content.decode())
    assert link is not None
    return link[1]


def press(client: Client, path: str) -> Response:
    return client.post(path, fields_of(client.get(path)))


@pytest.mark.usefixtures("people")
def test_a_list_is_invited_and_its_page_says_by_what_way_and_who_accepted(client: Client) -> None:
    path = invite_page(client)
    words = words_of(client.get(path))
    assert "E-mailem 1 Listem 1 Brak e-maila i adresu pocztowego 1" in words
    assert "Zaproś 2 osoby" in words
    assert "Łukasik Olga" in words
    page = press(client, path)["Location"]
    queue_waiting()
    assert Email.objects.filter(kind=EmailKind.INVITATION).count() == 1
    make_account(Examiner.objects.get(email="anna@example.org"), email="anna@example.org")
    words = words_of(client.get(page))
    assert "Zaproszono 2 osoby. Konto mają już: 1. E-maile, które jeszcze nie wyszły: 1." in words
    assert "3 wszyscy 1 jeszcze bez konta 1 mają już konto 1 zaproszone listem 1 brak adresu" in words
    assert "e-mail nie dotarł" not in words
    writer = Account.objects.get(examiner=None).name
    assert f"{writer} 3 1 1 1 1" in words_of(client.get(LIST))
    for part, names in {
        "": {"Anna Maria", "Jan", "Olga"},
        "maja-konto": {"Anna Maria"},
        "bez-konta": {"Jan"},
        "listem": {"Jan"},
        "bez-adresu": {"Olga"},
        "nie-dotarlo": set(),
    }.items():
        listed = client.get(f"{page}osoby/?kto={part}").content.decode()
        assert set(re.findall(r">Łukasik ([^<]+)</a>", listed)) == names
    assert Event.objects.filter(tag=Tag.EXAMINERS_LISTED).count() >= 6


@pytest.mark.usefixtures("people")
def test_whom_an_e_mail_did_not_reach_is_named_with_the_reason(client: Client) -> None:
    make_examiner(pesel=PESELS[3], first_names="Ewa", email="ewa@example.org", numbers=("A/4",))
    page = press(client, invite_page(client))["Location"]
    EmailHold.objects.create(email="ewa@example.org")
    queue_waiting()
    email = Email.objects.filter(kind=EmailKind.INVITATION)
    email.update(
        state=DeliveryState.REJECTED, attempts=1, reply_code=550, reply_text="5.1.1 No such user", cause="address"
    )
    assert "2 e-mail nie dotarł" in words_of(client.get(page))
    words = words_of(client.get(f"{page}osoby/?kto=nie-dotarlo"))
    assert "Łukasik Anna Maria e-mailem nie ma takiej skrzynki 550 5.1.1 No such user –" in words
    assert "Łukasik Ewa e-mailem nie wysłano –" in words


@pytest.mark.usefixtures("people")
def test_a_page_that_names_another_number_invites_nobody(client: Client) -> None:
    path = invite_page(client)
    fields = fields_of(client.get(path))
    make_examiner(pesel=PESELS[3], email="nowa@example.org", numbers=("A/4",))
    assert "Są na niej teraz 4 osoby. Tym razem nikogo nie zaproszono." in words_of(client.post(path, fields))
    assert Email.objects.filter(kind=EmailKind.INVITATION).count() == 0


@pytest.mark.usefixtures("people")
def test_again_is_offered_after_the_days_alone(client: Client) -> None:
    page = press(client, invite_page(client))["Location"]
    assert "po 14 dniach" in words_of(client.get(page))
    assert client.get(f"{page}ponownie/")["Location"] == page
    with time_machine.travel(datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(days=15), tick=False):
        later = browser_of(make_staff(email="druga@oke.example", roles=[Role.RECORDS]))
        assert "Zaproś ponownie" in words_of(later.get(page))
        assert press(later, f"{page}ponownie/")["Location"] != page


@pytest.mark.usefixtures("people")
def test_letters_are_made_with_a_reason_and_downloaded(client: Client) -> None:
    page = press(client, invite_page(client))["Location"]
    path = f"{page}listy/"
    assert "W pliku będzie 1 list" in words_of(client.get(path))
    file = client.post(path, fields_of(client.get(path)) | {"reason": "Wysyłka"})["Location"]
    make_export()
    export = Export.objects.get()
    assert (export.state, export.rows, export.rows_done) == ("ready", 1, 1)
    answer = send(client, f"{file}pobierz/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a streamed answer
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        text = PdfReader(io.BytesIO(archive.read(name))).pages[0].extract_text()
    assert (name, "Jan Łukasik" in text, PESELS[1] in text) == ("zaproszenia-01.pdf", True, False)
    tags = set(Event.objects.values_list("tag", flat=True))
    assert {Tag.EXPORT_ASKED, Tag.EXPORT_DOWNLOADED, Tag.INVITATION_MADE} <= tags


def test_an_inspector_reads_and_invites_nobody(client: Client, people: list[Examiner]) -> None:
    page = press(client, invite_page(client))["Location"]
    inspector = browser_of(make_staff(email="iod@oke.example", roles=[Role.INSPECTOR]))
    assert inspector.get(page).status_code == 200
    assert inspector.get(f"{page}listy/").status_code == 403
    assert len(people) == 3


def test_the_list_of_invitations_and_of_people_cost_the_same_for_many(client: Client) -> None:
    assert "Nie ma zaproszeń" in words_of(client.get(LIST))
    officer = Account.objects.get()
    counts = []
    for people in (1, 3):
        for number in range(people):
            identifier = f"bez-{people}-{number}"
            make_examiner(
                pesel=None, identifier=identifier, identifier_key=identifier, numbers=(identifier,), postal_address=HOME
            )
        invited = invite(invitation_id=uuid.uuid4(), people=Examiner.objects.all(), shown=people, by=Actor(officer.pk))
        for path in (LIST, f"{LIST}{invited.pk}/osoby/"):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
