import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.sending import begin_due
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import work
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIST = "/panel/wiadomosci/"
TYPED = {
    "kind": "official",
    "subject": "Szkolenie w maju",
    "body": "{zwrot},\r\n\r\nzapraszamy na **szkolenie**: [zapisy](https://oke.example/zapisy).\r\n\r\n{numery}",
}


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


@pytest.fixture
def anna() -> Examiner:
    return make_examiner(email="anna@example.pl", numbers=("A/1", "A/2"))


def write_page(client: Client) -> str:
    """Return the page for writing to everybody whose surname begins with Ł."""
    found = send(client, "/panel/egzaminatorzy/", asked="Łuk")["Location"]
    page = client.get(found).content.decode()
    link = re.search(r'href="(/panel/wiadomosci/nowa/[^"]+)">Napisz do nich<', page)
    assert link is not None
    return link[1]


def save(client: Client, path: str, **changes: str) -> Response:
    return client.post(path, fields_of(client.get(path)) | TYPED | changes)


def draft(client: Client, **changes: str) -> str:
    """Save a draft. Return its page."""
    return str(save(client, write_page(client), **changes)["Location"])


def press(client: Client, page: str, action: str, **fields: str) -> Response:
    """Send the form of an action that has a page of its own."""
    path = f"{page}{action}/"
    return client.post(path, fields_of(client.get(path)) | fields, follow=True)


def click(client: Client, page: str, action: str) -> Response:
    """Press a button on a mailing's page."""
    path = f"{page}{action}/"
    return client.post(path, fields_of(client.get(page)), follow=True)


def test_from_the_list_to_the_page_of_results(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Łukaszek")
    page = draft(client)
    words = words_of(client.get(page))
    assert "szkic" in words
    assert "Wiadomość pójdzie do 2 osób." in words
    assert "zapraszamy na szkolenie : zapisy (oke.example)." in words.replace("szkolenie:", "szkolenie :")

    confirm = words_of(client.get(f"{page}wyslij/"))
    for said in ("Na liście 2", "Dostaną e-mail 1", "Nie mają adresu e-mail 1", "Wyślij do 2 osób"):
        assert said in confirm
    assert "Wiadomość jest wysyłana." in words_of(press(client, page, "wyslij"))
    assert work() == 1

    words = words_of(client.get(page))
    for said in (
        "wysłana",
        "E-maila nie dostała 1 osoba z 2.",
        "2 wszyscy odbiorcy",
        "1 przekazana serwerowi poczty",
        "1 brak adresu e-mail",
    ):
        assert said in words
    rows = words_of(client.get(f"{page}odbiorcy/"))
    assert "Łukasik Anna Maria anna@example.pl przekazana serwerowi poczty" in rows
    assert "Łukaszek Anna Maria – brak adresu e-mail" in rows
    assert "Data wydruku: " in rows
    assert "Łukasik" not in words_of(client.get(f"{page}odbiorcy/?stan=no-email"))
    assert re.search(r"Szkolenie w maju wysłana [\d-]+ [\d:]+ 2 1 1", words_of(client.get(LIST)))


def test_a_change_sent_again_after_a_new_log_in_is_compared_and_blames_nobody(client: Client, anna: Examiner) -> None:
    page = draft(client)
    path = f"{page}zmien/"
    typed = {"kind": "official", "subject": "Szkolenie w maju", "body": "Treść po zmianie"}
    # The form that is shown again has no hidden fields.
    shown = client.post(path, fields_of(client.get(path)) | typed | {"version": ""})
    words = words_of(shown)
    assert "Twój tekst nadal tu jest. Porównaj go z zapisanym szkicem" in words
    assert "Ktoś zmienił" not in words
    assert client.post(path, fields_of(shown) | typed)["Location"] == page
    assert Mailing.objects.get().body == "Treść po zmianie"


def test_a_page_of_what_is_being_sent_loads_itself_again_until_it_is_over(
    client: Client, anna: Examiner, mailbox: Receiver
) -> None:
    page = draft(client)
    assert "Refresh" not in client.get(page)
    press(client, page, "wyslij")
    begin_due()
    shown = client.get(page)
    assert shown["Refresh"] == "5"
    assert "Wysyłka trwa. 0 z 1" in words_of(shown)
    click(client, page, "wstrzymaj")
    stopped = client.get(page)
    assert "Refresh" not in stopped
    assert "Na wiadomość czeka jeszcze 1 osoba." in words_of(stopped)
    click(client, page, "wznow")
    work()
    ended = client.get(page)
    assert "Refresh" not in ended
    assert "Serwer poczty przyjął e-maile do wszystkich odbiorców." in words_of(ended)


def test_a_field_that_there_is_not_is_named_and_nothing_typed_is_lost(client: Client, anna: Examiner) -> None:
    page = save(client, write_page(client), body="{imie}, [tu](http://a.example)")
    assert page.status_code == 200
    assert "Nie ma pola {imie}. Pola to: {imię}, {nazwisko}, {zwrot}, {numery}." in words_of(page)
    assert "{imie}, [tu](http://a.example)</textarea>" in page.content.decode()
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("subject", ["Szkolenie {imię}", "Sprawa 44051401359", ""])
def test_a_subject_has_no_fields_and_no_pesel(client: Client, anna: Examiner, subject: str) -> None:
    assert save(client, write_page(client), subject=subject).status_code == 200
    assert not Mailing.objects.exists()


def test_a_form_that_is_sent_twice_makes_one_draft(client: Client, anna: Examiner) -> None:
    path = write_page(client)
    fields = fields_of(client.get(path)) | TYPED
    assert client.post(path, fields)["Location"] == client.post(path, fields)["Location"]
    assert Mailing.objects.count() == 1


def test_a_colleagues_change_is_shown_and_overwritten_only_knowingly(client: Client, anna: Examiner) -> None:
    page = draft(client)
    colleague = browser_of(make_staff(email="iga@oke.example", name="Iga Lis", roles=[Role.RECORDS]))
    path = f"{page}zmien/"
    mine = fields_of(client.get(path)) | TYPED | {"body": "Moja treść"}
    save(colleague, path, body="Jej treść")

    shown = client.post(path, mine)
    assert "Jej treść" in words_of(shown)
    assert "Moja treść</textarea>" in shown.content.decode()
    assert Mailing.objects.get().body == "Jej treść"
    client.post(path, fields_of(shown) | {"kind": "official", "subject": "Szkolenie", "body": "Moja treść"})
    assert Mailing.objects.get().body == "Moja treść"


def test_of_two_who_send_at_once_one_does(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    page = draft(client)
    colleague = browser_of(make_staff(email="iga@oke.example", name="Iga Lis", roles=[Role.RECORDS]))
    path = f"{page}wyslij/"
    hers = fields_of(colleague.get(path))
    press(client, page, "wyslij")
    assert "Tego nie można już zrobić" in words_of(colleague.post(path, hers, follow=True))
    assert work() == 1


def test_a_text_that_changed_since_the_confirmation_was_shown_is_not_sent(client: Client, anna: Examiner) -> None:
    page = draft(client)
    path = f"{page}wyslij/"
    shown = fields_of(client.get(path))
    save(client, f"{page}zmien/", body="Inna treść")
    assert "Ktoś w międzyczasie zmienił tę wiadomość" in words_of(client.post(path, shown, follow=True))
    assert Mailing.objects.get().state == MailingState.DRAFT


def test_a_list_of_another_size_is_shown_again(client: Client, anna: Examiner) -> None:
    page = draft(client)
    path = f"{page}wyslij/"
    shown = fields_of(client.get(path))
    make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Łukaszek")
    again = client.post(path, shown)
    assert "są na niej 2 osoby" in words_of(again)
    assert "Wyślij do 2 osób" in words_of(again)
    assert Mailing.objects.get().state == MailingState.DRAFT
    assert client.post(path, fields_of(again)).status_code == 302
    assert Mailing.objects.get().people == 2


def test_who_got_the_same_text_is_counted(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    press(client, draft(client), "wyslij")
    work()
    assert "Dostała ją już 1 z tych osób. Data wysyłki: " in words_of(
        client.get(f"{draft(client, subject='Inny temat')}wyslij/")
    )
    assert "z tych osób. Data" not in words_of(client.get(f"{draft(client, body='Inna treść')}wyslij/"))


def test_a_day_in_the_future_plans_it(client: Client, anna: Examiner) -> None:
    page = draft(client)
    with time_machine.travel(datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.UTC)):
        client = browser_of(Account.objects.get(examiner=None))
        assert "już minęła" in words_of(press(client, page, "wyslij", day="26.11.2026", later="1"))
        assert "Wpisz dzień" in words_of(press(client, page, "wyslij", later="1"))
        words = words_of(press(client, page, "wyslij", day="30.11.2026", hour="9:30", later="1"))
    assert "Wiadomość zostanie wysłana: poniedziałek, 30 listopada 2026, 09:30." in words
    assert Mailing.objects.get().state == MailingState.PLANNED


def test_to_many_the_colleagues_are_told_and_each_can_stop_it(
    client: Client, officer: Account, anna: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("mailings.domain.sending", "panel.mailing.actions"):
        monkeypatch.setattr(f"egzaminator.{module}.AT_ONCE", 0)
    inspector = make_staff(email="iod@oke.example", name="Ida Inspektor", roles=[Role.INSPECTOR])
    make_staff(email="iga@oke.example", name="Iga Lis", roles=[Role.RECORDS])
    make_staff(email="pomoc@oke.example", name="Pomoc", roles=[Role.HELP_DESK])
    page = draft(client)
    assert "To wiele osób" in words_of(client.get(f"{page}wyslij/"))
    press(client, page, "wyslij")
    told = Email.objects.filter(kind="mailing-planned").values_list("email", flat=True)
    assert set(told) == {"iod@oke.example", "iga@oke.example", officer.email}
    inspectors = browser_of(inspector)
    assert "Wstrzymano." in words_of(click(inspectors, page, "wstrzymaj"))
    assert inspectors.post(f"{page}wznow/").status_code == 403
    assert "wznowiona" in words_of(click(client, page, "wznow"))
    assert "Anulowano." in words_of(press(client, page, "anuluj"))
    assert Mailing.objects.get().state == MailingState.CANCELLED


def test_sent_again_to_the_missed(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    mailbox.answer("RCPT", "anna@example.pl", "550 5.1.1 <anna@example.pl> User unknown")
    page = draft(client)
    press(client, page, "wyslij")
    work()
    row = words_of(client.get(f"{page}odbiorcy/?stan=refused"))
    assert "odrzucona nie ma takiej skrzynki" in row
    assert "Wyślij do 1 osoby" in words_of(client.get(f"{page}ponownie/"))
    press(client, page, "ponownie")
    assert work() == 1
    assert "Wyślij do tych, do których nie dotarła" not in words_of(client.get(page))


def test_before_it_is_sent_again_the_page_says_how_many_it_would_reach(
    client: Client, anna: Examiner, mailbox: Receiver
) -> None:
    make_examiner(pesel=PESELS[1], numbers=("B/1",), surname="Łukaszek")
    page = draft(client)
    press(client, page, "wyslij")
    work()
    shown = client.get(f"{page}ponownie/")
    assert "Nie dostało e-maila 1 Dostaną e-mail 0 Nie mają adresu e-mail 1" in words_of(shown)
    assert "Do żadnej z tych osób nie da się teraz wysłać e-maila." in words_of(shown)
    assert "Wyślij do 1 osoby" not in words_of(shown)

    Examiner.objects.filter(surname="Łukaszek").update(email="nowy@example.pl")
    assert "Wyślij do 1 osoby" in words_of(client.get(f"{page}ponownie/"))
    press(client, page, "ponownie")
    assert work() == 1
    assert mailbox.recipients == ["anna@example.pl", "nowy@example.pl"]


def test_a_test_goes_to_oneself_filled_in_with_an_invented_person(
    client: Client, officer: Account, anna: Examiner, mailbox: Receiver
) -> None:
    assert "Próbna wiadomość jest w drodze" in words_of(click(client, draft(client), "probna"))
    deliver_due()
    assert mailbox.recipients == [officer.email]
    assert mailbox.received[0].body("plain").startswith("Szanowna Pani,")


def test_the_preview_is_what_is_sent(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    page = draft(client, kind="informational")
    with time_machine.travel(timezone.now(), tick=False):
        path = f"{page}podglad/"
        shown = client.post(path, fields_of(client.get(path)) | {"asked": "A/1"})
        assert "Szanowny Panie, zapraszamy na szkolenie: zapisy (https://oke.example/zapisy)." in words_of(shown)
        file = client.post(path, fields_of(client.get(path)) | {"asked": "A/1", "eml": "1"}).content
        press(client, page, "wyslij")
        work()
    assert mailbox.received[0].content == file
    assert Event.objects.filter(tag=Tag.MAILING_PREVIEWED, subject=anna.pk).count() == 2


def test_the_recipients_are_looked_at(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    page = draft(client)
    press(client, page, "wyslij")
    client.get(f"{page}odbiorcy/")
    assert Event.objects.get(tag=Tag.MAILING_LISTED).details["examiners"] == [str(anna.pk)]


def test_a_draft_is_deleted(client: Client, anna: Examiner) -> None:
    page = draft(client)
    assert "Szkic jest usunięty." in words_of(press(client, page, "usun"))
    assert not Mailing.objects.exists()


def test_the_lists_take_as_many_queries_for_many_as_for_one(client: Client, anna: Examiner, mailbox: Receiver) -> None:
    page = draft(client)
    press(client, page, "wyslij")
    work()

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    before = count(LIST)
    for index, pesel in enumerate(PESELS[1:3]):
        make_examiner(pesel=pesel, numbers=(f"B/{index}",), surname=f"Łukaszek{'x' * index}", email="b@example.pl")
    other = draft(client, body="Inna treść")
    press(client, other, "wyslij")
    work()
    draft(client, body="Trzecia")
    for one in (page, other):
        count(f"{one}odbiorcy/")  # the first look within ten minutes is counted
    assert count(LIST) == before
    assert count(f"{page}odbiorcy/") == count(f"{other}odbiorcy/")
