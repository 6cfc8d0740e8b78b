import csv
import datetime
import io
import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.journal import PAGE_SIZE
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.panel.domain.examiner_lookup import BURST
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, token_of, words_of
from tests.key_rotation.tampering import spoil
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JOURNAL, EXPORT = "/panel/dziennik/", "/panel/dziennik/eksport/"
MARCH = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)


def make_member(*permissions: str, email: str = "iga@oke.example", name: str = "Iga Lis", role: str = "") -> Account:
    """Make a staff account with nothing but the given permissions, by a group if a role is named."""
    member = make_staff(email=email, name=name, roles=[])
    granted = Permission.objects.filter(content_type__app_label="audit", codename__in=permissions)
    assert granted.count() == len(permissions)
    group, _ = Group.objects.get_or_create(name=role or "dziennik")
    group.permissions.set(granted)
    member.groups.add(group)
    return member


@pytest.fixture
def inspector() -> Client:
    return browser_of(make_member("view_event", "export_event", role="inspektor"))


def ask(client: Client, path: str = JOURNAL, **typed: str) -> Response:
    """Send the form that the journal shows, with what is typed into it."""
    return client.post(path, fields_of(client.get(path)) | typed)


def found(client: Client, **typed: str) -> Response:
    """Return the page that the form leads to."""
    return client.get(ask(client, **typed)["Location"])


def rows_of(page: Response) -> list[str]:
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def test_who_looked_at_a_person(inspector: Client) -> None:
    anna = make_examiner()
    make_account(anna)
    other = make_examiner(pesel=PESELS[1], numbers=("B-2",), surname="Nowak")
    jan = make_staff()
    helper = browser_of(jan)
    helper.get(f"/panel/egzaminatorzy/{anna.id}/")
    helper.get(f"/panel/egzaminatorzy/{other.id}/")
    page = found(inspector, person=PESELS[0], tag="looks")
    rows = rows_of(page)
    assert [row for row in rows if "Jan Nowak" in row] == [
        row for row in rows if "sprawdził konto" in row and "Iga Lis" not in row
    ]
    assert len([row for row in rows if "Jan Nowak" in row]) == 1
    assert all("Anna Maria Łukasik" in row for row in rows)
    assert "Wybrana osoba: Anna Maria Łukasik" in words_of(page)


def test_what_somebody_did_in_march(inspector: Client) -> None:
    anna = make_account(make_examiner())
    jan, ewa = make_staff(), make_staff(email="ewa@oke.example", name="Ewa Druga")
    for day, who, why in (
        (-11, jan, "w lutym"),
        (0, jan, "Rozmowa z mężem"),
        (1, ewa, "ktoś inny"),
        (22, jan, "w kwietniu"),
    ):
        with time_machine.travel(MARCH + datetime.timedelta(days=day), tick=False):
            record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=Actor(who.id, "192.0.2.7"), subject=anna.id, reason=why)
    page = found(inspector, actor=str(jan.id), since="1.03.2026", until="31.03.2026")
    assert rows_of(page) == [
        "2026-03-10 13:00 Jan Nowak 192.0.2.7 Anna Maria Łukasik Komisja zablokowała konto Powód: Rozmowa z mężem"
    ]


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [("02-28T22:59", False), ("02-28T23:00", True), ("03-31T21:59", True), ("03-31T22:00", False)],
)
def test_days_begin_at_midnight_of_the_board(inspector: Client, moment: str, is_shown: bool) -> None:  # noqa: FBT001 -- a parameter of a test
    with time_machine.travel(f"2026-{moment}:00Z", tick=False):
        record_event(tag=Tag.LOGGED_OUT)
    page = found(inspector, since="2026-03-01", until="2026-03-31")
    assert bool(rows_of(page)) is is_shown


def test_what_is_typed_never_stands_in_an_address(inspector: Client) -> None:
    anna, jan = make_examiner(), make_staff()
    for typed, person in ((PESELS[0], anna.id), ("MBI/1/2019", anna.id), ("JAN@oke.example", jan.id)):
        address = urlsplit(ask(inspector, person=typed, tag=Tag.LOGGED_OUT, since="1.03.2026")["Location"])
        assert address.path == JOURNAL
        assert parse_qs(address.query) == {"person": [str(person)], "tag": ["logout"], "since": ["2026-03-01"]}


def test_the_person_stays_when_the_rest_of_the_form_changes(inspector: Client) -> None:
    anna = make_examiner()
    chosen = ask(inspector, person=PESELS[0])["Location"]
    assert ask(inspector, chosen, tag="logout")["Location"] == f"{JOURNAL}?person={anna.id}&tag=logout"
    page = inspector.get(f"{JOURNAL}?person={anna.id}&tag=logout&since=2026-03-01")
    assert [fields_of(page)[name] for name in ("person", "since")] == ["", "01.03.2026"]
    assert '<option value="logout" selected>' in page.content.decode()


def test_nobody_and_nonsense_are_told_in_words(inspector: Client) -> None:
    for typed in ("0", "nikt@oke.example", PESELS[2]):
        assert "Nikt nie ma takiego numeru PESEL" in words_of(ask(inspector, person=typed))
    assert Event.objects.filter(tag=Tag.JOURNAL_READ, subject=None).count() == 6  # the page, and the search
    assert "Wpisz dzień w ten sposób" in words_of(ask(inspector, since="wczoraj"))
    assert "Wpisz dzień w ten sposób" in words_of(ask(inspector, until="31.12.9999"))
    assert "Ten dzień jest wcześniejszy" in words_of(ask(inspector, since="2.03.2026", until="1.03.2026"))


@pytest.mark.parametrize(
    "query",
    [
        "person=x",
        "actor=x",
        f"actor={uuid.UUID(int=1)}",
        "tag=x",
        "since=x",
        "until=9999-12-31",
        "since=0001-01-01",
        "after=x",
        "person=%27",
    ],
)
def test_a_malformed_address_restricts_nothing(inspector: Client, query: str) -> None:
    record_event(tag=Tag.KEYS_ROTATED)
    assert "Zmieniono klucze szyfrowania" in " ".join(rows_of(inspector.get(f"{JOURNAL}?{query}")))


def test_whoever_reads_and_exports_is_recorded_and_the_owner_reads_the_role(inspector: Client, client: Client) -> None:
    anna = make_account(make_examiner())
    iga = Account.objects.get(email="iga@oke.example")
    address = ask(inspector, person=PESELS[0], tag="looks")["Location"]
    inspector.get(address)
    event = Event.objects.filter(tag=Tag.JOURNAL_READ).latest("at")
    assert (event.actor, event.subject) == (iga.id, anna.examiner_id)
    assert event.details["roles"] == ["inspektor"]
    assert set(event.details) == {"roles", "tags"}
    export(inspector, address)
    event = Event.objects.get(tag=Tag.JOURNAL_EXPORTED)
    assert (event.actor, event.subject) == (iga.id, anna.examiner_id)

    client.force_login(anna)
    page = client.get("/konto/historia/kto-ogladal/")
    words = words_of(page)
    assert "Kto oglądał moje konto" in words
    assert "Inspektor Pracownik komisji przejrzał dziennik zdarzeń" in words
    assert "Inspektor Pracownik komisji wyeksportował dziennik zdarzeń" in words
    assert "Iga" not in page.content.decode()
    assert "przejrzał" not in words_of(client.get("/konto/historia/"))
    assert "/konto/historia/kto-ogladal/" in client.get("/konto/historia/").content.decode()


def test_reading_without_a_person_is_recorded_with_what_was_asked_for(inspector: Client) -> None:
    jan = make_staff()
    found(inspector, actor=str(jan.id), since="1.03.2026", until="31.03.2026")
    event = Event.objects.filter(tag=Tag.JOURNAL_READ).latest("at")
    assert event.subject == jan.id
    assert event.details == {
        "since": "2026-03-01T00:00:00+01:00",
        "before": "2026-04-01T00:00:00+02:00",
        "roles": ["inspektor"],
    }


def test_only_who_has_the_permission_reads_and_only_who_has_the_other_exports() -> None:
    make_examiner()
    nobody = browser_of(make_member(email="nikt@oke.example", role="pomoc"))
    reader = browser_of(make_member("view_event", email="adam@oke.example", role="administrator"))
    for client, statuses in ((nobody, (403, 403, 403)), (reader, (200, 302, 403))):
        got = client.get(JOURNAL).status_code
        asked = client.post(JOURNAL, {"person": PESELS[0]} | fields_of(client.get("/panel/moje-konto/"))).status_code
        exported = client.post(EXPORT, fields_of(client.get("/panel/moje-konto/"))).status_code
        assert (got, asked, exported) == statuses
    assert "Eksportuj" not in words_of(reader.get(JOURNAL))
    assert "Dziennik" not in words_of(nobody.get("/panel/moje-konto/"))
    assert "Dziennik" in words_of(reader.get("/panel/moje-konto/"))
    assert not Event.objects.filter(tag=Tag.JOURNAL_EXPORTED).exists()


def export(client: Client, address: str = JOURNAL) -> Response:
    page = client.get(address)
    form = page.content.decode().split(f'action="{EXPORT}', 1)[1].partition("</form>")[0]
    query = form.partition('"')[0].replace("&amp;", "&")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', form))
    return client.post(f"{EXPORT}{query}", hidden)


def test_the_file_holds_every_page_and_no_formula(inspector: Client) -> None:
    anna = make_account(make_examiner())
    jan = make_staff(name="=Jan Nowak")
    for _number in range(PAGE_SIZE):
        record_event(tag=Tag.LOGGED_OUT, by=Actor(anna.id, "192.0.2.1"), subject=anna.id)
    record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=Actor(jan.id), subject=anna.id, reason="-1; „rozmowa”")
    response = export(inspector, ask(inspector, person=PESELS[0])["Location"])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="dziennik-\d{4}-\d\d-\d\d.csv"', response["Content-Disposition"])
    content = response.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert heading == [
        "Kiedy",
        "Kto to zrobił",
        "Adres w sieci (IP)",
        "Kogo dotyczy",
        "Co się stało",
        "Powód",
        "Kod sprawy",
    ]
    assert sum(row[4] == "Wylogowano" for row in rows) == PAGE_SIZE
    assert all(datetime.datetime.fromisoformat(row[0]).tzinfo for row in rows)
    (frozen,) = (row for row in rows if row[1].endswith("Jan Nowak"))
    assert (frozen[1], frozen[3], frozen[5]) == ("'=Jan Nowak", "Anna Maria Łukasik", "'-1; „rozmowa”")


def test_an_export_asks_who_one_is(inspector: Client) -> None:
    hidden = fields_of(inspector.get(JOURNAL))
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=11)):
        assert "Najpierw potwierdź" in words_of(inspector.get(JOURNAL))
        answer = inspector.post(EXPORT, hidden)
    assert answer["Location"].startswith(("/konto/potwierdzenie/", JOURNAL))
    assert not Event.objects.filter(tag=Tag.JOURNAL_EXPORTED).exists()


def test_a_reason_that_is_gone_or_damaged_hides_nothing_else(inspector: Client) -> None:
    anna = make_account(make_examiner())
    freeze_by_staff(account=anna, reason="Rozmowa z mężem")
    frozen = Event.objects.get(tag=Tag.ACCOUNT_FROZEN_BY_STAFF)

    def page() -> str:
        return " ".join(rows_of(found(inspector, person=PESELS[0])))

    assert "Powód: Rozmowa z mężem" in page()
    spoil(StaffText.objects.get(), "text_encrypted")
    assert "Powód: nie da się go odczytać" in page()
    StaffText.objects.all().delete()
    assert "Powód: usunięto" in page()
    assert Event.objects.get(pk=frozen.pk).staff_text == frozen.staff_text


def test_the_queries_do_not_grow_with_the_rows_and_pages_follow(inspector: Client) -> None:
    make_account(make_examiner())
    address = ask(inspector, person=PESELS[0])["Location"]
    inspector.get(address)
    with CaptureQueriesContext(connection) as few:
        inspector.get(address)
    anna = Account.objects.get(examiner__isnull=False)
    for _number in range(PAGE_SIZE + 3):
        record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=Actor(make_staff_id()), subject=anna.id, reason="Rozmowa")
    with CaptureQueriesContext(connection) as many:
        page = inspector.get(address)
    assert len(many) <= len(few) + 1  # the texts
    (older,) = re.findall(r'rel="next" href="([^"]+)"', page.content.decode())
    query = parse_qs(older.replace("&amp;", "&").removeprefix("?"))
    assert query.keys() == {"person", "after"}
    second = inspector.get(JOURNAL + older.replace("&amp;", "&"))
    assert f'href="{address}"' in second.content.decode()
    assert len(rows_of(page)) == PAGE_SIZE


def make_staff_id() -> uuid.UUID:
    return make_staff(email=f"{uuid.uuid4()}@oke.example").id


def test_a_search_alone_is_recorded_too(inspector: Client) -> None:
    """Whoever never opens the page that the search leads to has learned that there is such a person."""
    anna = make_examiner()
    token = fields_of(inspector.get(JOURNAL))
    before = set(Event.objects.values_list("id", flat=True))
    assert inspector.post(JOURNAL, token | {"person": PESELS[0]}).status_code == 302
    (event,) = Event.objects.exclude(id__in=before)
    assert (event.tag, event.subject) == (Tag.JOURNAL_READ, anna.id)


def test_reading_counts_as_a_look_up(inspector: Client) -> None:
    people = [make_staff_id() for _ in range(BURST.most)]
    answers = [inspector.get(f"{JOURNAL}?person={person}").status_code for person in people]
    assert answers == [200] * BURST.most
    more = make_examiner()
    token = {"csrfmiddlewaretoken": token_of(inspector, "/panel/moje-konto/")}
    for answer in (
        inspector.get(f"{JOURNAL}?person={more.id}"),
        inspector.get(f"{JOURNAL}?tag=logout"),
        inspector.post(JOURNAL, token | {"person": PESELS[0]}),
        inspector.post(f"{EXPORT}?person={more.id}", token),
    ):
        assert answer.status_code == 429
    assert not Event.objects.filter(subject=more.id).exists()


def test_an_id_that_is_nobodys_is_not_found_and_not_recorded(inspector: Client) -> None:
    token = {"csrfmiddlewaretoken": token_of(inspector, "/panel/moje-konto/")}
    address = f"?person={uuid.uuid4()}"
    assert inspector.get(JOURNAL + address).status_code == 404
    assert inspector.post(EXPORT + address, token).status_code == 404
    assert not Event.objects.filter(tag__in=[Tag.JOURNAL_READ, Tag.JOURNAL_EXPORTED]).exists()
