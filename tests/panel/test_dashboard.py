import datetime
import re

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.mail.domain.bounces import apply_report
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import BounceMailbox, Email
from egzaminator.panel.domain.overview import Total, current_totals, keep_totals
from egzaminator.panel.tasks import keep_totals_current
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Entry, Scope
from egzaminator.runtime.environment import ImapMailbox
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.mail import queue
from tests.helpers.receiver import ANYBODY, Receiver
from tests.helpers.reports import hand_over, report
from tests.panel.imported import applied, undone
from tests.panel.staff_browser import browser_of
from tests.register.files import ANNA

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def facts_of(page: Response) -> dict[str, str]:
    """Return the terms of the page's lists with their values."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page.content.decode(), re.DOTALL)
    return {re.sub(r"<[^>]+>", "", term): " ".join(re.sub(r"<[^>]+>", "", value).split()) for term, value in pairs}


def run_a_worker(*, silent: datetime.timedelta = datetime.timedelta()) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now() - silent])


def test_shows_what_waits_and_what_is_well() -> None:
    client = browser_of(make_staff())
    page = client.get("/panel/")
    assert facts_of(page) == {
        "Wszystkie": "0 z 0",
        "Formularze czekające na aktywację": "0",
        "Czeka na wysłanie": "0",
        "Odrzucone dziś": "0",
        "Wróciły dzisiaj": "0",
        "Adresy wstrzymane": "0",
        "Skrzynka zwrotów": "nikt jej nie czyta: serwis nie dowiaduje się, które e-maile wróciły",
        "Serwer poczty": "jeszcze nic nie wysłano",
        "Praca w tle": "nie działa Do tego czasu e-maile nie wychodzą. Zawiadom administratora.",
    }
    run_a_worker(silent=datetime.timedelta(minutes=2))
    assert "nie działa" in facts_of(client.get("/panel/"))["Praca w tle"]
    run_a_worker()
    examiner = make_examiner(numbers=("A-1",))
    account = make_account(examiner)
    make_claim(make_examiner(pesel=PESELS[1], numbers=("A-2",)))
    Email.objects.all().delete()
    now = timezone.now()
    waiting, rejected, old, accepted = (queue(f"{name}@example.org") for name in "abcd")
    Email.objects.filter(pk=waiting.pk).update(created_at=START)
    Email.objects.filter(pk=rejected.pk).update(state=DeliveryState.REJECTED, due_at=now)
    Email.objects.filter(pk=old.pk).update(state=DeliveryState.REJECTED, due_at=now - datetime.timedelta(days=1))
    Email.objects.filter(pk=accepted.pk).update(state=DeliveryState.ACCEPTED, accepted_at=START)
    apply_report(report(hand_over("e@example.org")))
    Email.objects.exclude(pk__in=[waiting.pk, rejected.pk, old.pk]).update(accepted_at=START)
    Act.objects.create(kind=ActKind.GIVE_BACK, account=account)
    assert facts_of(client.get("/panel/")) | {"Wszystkie": ""} == {
        "Wszystkie": "",
        "Czeka na drugą osobę": "1",
        "Wracające e-maile": "1",
        "Formularze czekające na aktywację": "1",
        "Czeka na wysłanie": "1, najstarszy od 2026-11-22 10:54",
        "Odrzucone dziś": "1",
        "Wróciły dzisiaj": "1",
        "Adresy wstrzymane": "1",
        "Skrzynka zwrotów": "nikt jej nie czyta: serwis nie dowiaduje się, które e-maile wróciły",
        "Serwer poczty": "ostatnio przyjął e-mail: 2026-11-22 10:54",
        "Praca w tle": "działa",
    }


def test_names_nobody(client: Client) -> None:
    """Opening the first screen is no look-up of a person."""
    account = make_account(make_examiner())
    Act.objects.create(kind=ActKind.GIVE_BACK, account=account)
    client.force_login(make_staff())
    assert "Łukasik" not in words_of(client.get("/panel/"))


def test_people_are_counted_by_exam_and_once_in_all() -> None:
    examiner = make_examiner(numbers=("A-1", "A-2"))
    make_account(examiner)
    external = Scope.objects.create(code="EXT", name="Matematyka", exam_kind=ExamKind.EXTERNAL)
    Entry.objects.filter(number="A-2").update(scope=external)
    make_examiner(pesel=PESELS[1], numbers=("A-3",))
    struck_off = make_examiner(pesel=PESELS[2], numbers=("A-4",))
    struck_off.entries.update(state=EntryState.STRUCK_OFF)
    dead = make_examiner(pesel=PESELS[3], numbers=("A-5",))
    dead.deceased_on, dead.deceased_marked_at = datetime.date(2026, 1, 2), timezone.now()
    dead.save()
    totals = keep_totals()
    assert totals.of_all == Total(accounts=1, people=2)
    assert totals.by_kind == {
        ExamKind.MATURA: Total(accounts=1, people=2),
        ExamKind.EXTERNAL: Total(accounts=1, people=1),
    }


def test_the_register_is_counted_by_the_worker_and_not_by_each_page(client: Client) -> None:
    cache.clear()
    keep_totals_current(0)
    with CaptureQueriesContext(connection) as queries:
        before = current_totals()
    assert not [query for query in queries if "register_" in query["sql"]]
    make_account(make_examiner(numbers=("A-1",)))
    assert current_totals() == before
    keep_totals_current(0)
    assert current_totals().of_all == Total(accounts=1, people=1)
    client.force_login(make_staff())
    page = client.get("/panel/")
    assert facts_of(page)["Wszystkie"] == "1 z 1"
    assert f"Stan z {timezone.localtime():%Y-%m-%d}" in words_of(page)


def test_the_number_of_queries_does_not_grow(client: Client) -> None:
    cache.clear()
    client.force_login(make_staff())
    client.get("/panel/")
    counts = []
    for number in range(2):
        account = make_account(make_examiner(pesel=PESELS[number], numbers=(f"A-{number}",)))
        Act.objects.create(kind=ActKind.GIVE_BACK, account=account)
        queue(f"{number}@example.org")
        with CaptureQueriesContext(connection) as queries:
            client.get("/panel/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("path", "fields", "found"),
    [("/panel/egzaminatorzy/", {"asked": "A-1"}, 302), ("/panel/sprawy/", {"case_code": "AAAA-AAAA"}, 200)],
)
def test_both_searches_begin_here(path: str, fields: dict[str, str], found: int) -> None:
    make_examiner(numbers=("A-1",))
    client = browser_of(make_staff())
    page = client.get("/panel/")
    assert f'action="{path}" method="post"' in page.content.decode()
    token = fields_of(page)["csrfmiddlewaretoken"]
    assert client.post(path, fields | {"csrfmiddlewaretoken": token}).status_code == found


def test_staff_see_since_when_e_mails_do_not_go_out_and_what_the_server_said(mailbox: Receiver) -> None:
    with time_machine.travel(START, tick=False) as clock:
        staff = Client(headers={"Sec-Fetch-Site": "same-origin"})
        staff.force_login(make_staff())
        assert "E-maile nie wychodzą" not in words_of(staff.get("/panel/"))
        mailbox.answer("RCPT", ANYBODY, *["550 <anna@example.pl>: Sender verify failed"] * 2)
        queue("anna@example.pl")
        deliver_due()

        page = staff.get("/panel/")
        assert "E-maile nie wychodzą" in words_of(page)
        assert "Początek awarii: niedziela, 22 listopada 2026, 10:54." in words_of(page)
        assert "Sender verify failed" in words_of(page)
        assert "anna@example.pl" not in page.content.decode()
        assert facts_of(page)["Serwer poczty"] == "nie przyjmuje naszych e-maili"

        clock.shift(datetime.timedelta(hours=2))
        assert deliver_due() == 1
        assert "E-maile nie wychodzą" not in words_of(staff.get("/panel/"))


def test_accounts_are_counted_by_the_week_of_their_activation_here() -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.UTC), tick=False):
        times = [
            datetime.datetime(2026, 11, 22, 22, 59, tzinfo=datetime.UTC),  # Sunday, 23:59 in Poland
            datetime.datetime(2026, 11, 22, 23, 0, tzinfo=datetime.UTC),  # Monday
            datetime.datetime(2026, 9, 6, 21, 59, tzinfo=datetime.UTC),  # before the first week
            datetime.datetime(2026, 9, 6, 22, 0, tzinfo=datetime.UTC),
        ]
        for number, created_at in enumerate(times):
            account = make_account(make_examiner(pesel=PESELS[number], numbers=()), email=f"{number}@example.org")
            Account.objects.filter(pk=account.pk).update(created_at=created_at)
        make_staff()
        weeks = keep_totals().by_week
    assert [week.monday for week in weeks] == [
        datetime.date(2026, 9, 7) + datetime.timedelta(weeks=number) for number in range(12)
    ]
    assert [week.accounts for week in weeks] == [1, *[0] * 9, 1, 1]


def test_the_chart_says_the_same_in_a_table(client: Client) -> None:
    make_account(make_examiner())
    keep_totals()
    client.force_login(make_staff())
    html = client.get("/panel/").content.decode()
    figure = html.partition("<figure")[2].partition("</figure>")[0]
    assert 'aria-hidden="true"' in figure.partition(">")[2].partition(">")[0]
    assert figure.count("<rect") == 12
    assert re.findall(r"<td>(\d+)</td>", figure) == ["0"] * 11 + ["1"]
    assert "style=" not in figure


def test_the_search_of_the_first_screen_is_the_lists_for_whom_it_opens(client: Client) -> None:
    make_examiner(numbers=("A-1",), surname="Żak")
    for roles, label in (([Role.RECORDS], "Szukaj"), ([Role.HELP_DESK], "PESEL, identyfikator lub numer ewidencyjny")):
        client.force_login(make_staff(email=f"{roles[0]}@oke.example", roles=roles))
        assert f'<label for="id_asked">{label}</label>' in client.get("/panel/").content.decode()


def test_staff_see_whether_e_mails_that_come_back_are_noticed(settings: Settings, mailbox: Receiver) -> None:
    settings.BOUNCE_MAILBOX = ImapMailbox("imap.oke.example", 993, "bounce", "x", "INBOX")
    staff = browser_of(make_staff())
    assert facts_of(staff.get("/panel/"))["Skrzynka zwrotów"] == "jeszcze nieodczytana"
    BounceMailbox.objects.create(read_at=START, not_understood=2)
    assert facts_of(staff.get("/panel/"))["Skrzynka zwrotów"] == (
        "ostatnio odczytana: 2026-11-22 10:54, 2 wiadomości w niej nie zrozumiano"
    )
    with time_machine.travel(START, tick=False):
        mailbox.answer("MAIL", ANYBODY, "553 5.7.1 <bounce@oke.example>: Sender address rejected")
        queue("anna@example.pl")
        deliver_due()

    page = staff.get("/panel/")
    assert "Serwis nie wie, które e-maile wracają" in words_of(page)
    assert "Początek: niedziela, 22 listopada 2026, 10:54." in words_of(page)
    assert "bounce@oke.example" not in page.content.decode()


def test_the_last_import_stands_there_and_whether_it_was_undone() -> None:
    member = make_staff(email="ewidencja@oke.example", roles=[Role.RECORDS])
    browser = browser_of(member)
    assert "Nie wczytano jeszcze żadnego pliku ewidencji." in words_of(browser.get("/panel/"))
    one = applied(ANNA, by=member)
    assert "1 wiersz" in words_of(browser.get("/panel/"))
    undone(one, member)
    assert "1 wiersz (import cofnięto)" in words_of(browser.get("/panel/"))


def test_e_mails_held_back_since_a_restore_are_told_to_whoever_keeps_the_settings() -> None:
    keeper = browser_of(make_staff(roles=[Role.ADMINISTRATOR]))
    title = "E-maile są wstrzymane"
    assert title not in words_of(keeper.get("/panel/"))
    for name in "ab":
        queue(f"{name}@example.org")
    Email.objects.update(state=DeliveryState.HELD)

    words = words_of(keeper.get("/panel/"))
    assert title in words
    assert "2 e-maile czekały w kolejce" in words
    assert "egzaminator held_mail --release wysyła je" in words
    others = browser_of(
        make_staff(email="ewa@oke.example", roles=[role for role in Role if role != Role.ADMINISTRATOR])
    )
    assert title not in words_of(others.get("/panel/"))
