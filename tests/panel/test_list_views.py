"""The register's list: whom it shows to whom, what is searched and filtered, and what selections are for."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain import list_lookup
from egzaminator.register.domain import listing
from egzaminator.register.enums import EntryState, ExamKind
from egzaminator.register.models import Entry, Examiner, Scope, Selection
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, add_entry, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, marks_of, words_of
from tests.panel.staff_browser import FIND, browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
_ROW = re.compile(r"<tr>\s*<th scope=\"row\"><a href=\"[^\"]+\">([^<]+)</a></th>(.*?)</tr>", re.DOTALL)


@pytest.fixture
def member() -> Account:
    return make_staff(roles=[Role.RECORDS])


@pytest.fixture
def records(member: Account) -> Client:
    return browser_of(member)


@pytest.fixture
def people() -> dict[str, Examiner]:
    """Return people by surname: one in each standing."""
    surnames = ("Kowalska", "Łukasik", "Żak", "Zając", "Ćwik")
    found = {
        surname: make_examiner(pesel=PESELS[index], numbers=(f"A-{index}",), surname=surname)
        for index, surname in enumerate(surnames)
    }
    make_claim(found["Łukasik"])
    make_account(found["Żak"])
    freeze(make_account(found["Zając"], email="z@example.org"))
    Examiner.objects.filter(surname="Ćwik").update(email="c@example.org")
    return found


def rows_of(page: Response) -> dict[str, str]:
    """Return the rows of a list by their names, with the words of the cells."""
    rows = _ROW.findall(page.content.decode())
    return {name: " ".join(re.sub(r"<[^>]+>", " ", cells).split()) for name, cells in rows}


def names_of(page: Response) -> list[str]:
    return list(rows_of(page))


def listed(client: Client, **asked: str) -> Response:
    """Send the list's form, and return the page that it leads to."""
    answer = send(client, FIND, **asked)
    assert answer.status_code == 302
    assert re.fullmatch(r"/panel/egzaminatorzy/lista/[0-9a-f-]{36}/", answer["Location"])
    return client.get(answer["Location"])


@pytest.mark.usefixtures("people")
def test_the_list_shows_names_numbers_scopes_and_standings_and_never_a_pesel(records: Client) -> None:
    page = records.get(FIND)
    rest = "biologia"
    assert rows_of(page) == {
        "Ćwik Anna Maria": f"A-4 {rest} bez konta niepotwierdzony",
        "Kowalska Anna Maria": f"A-0 {rest} bez konta brak",
        "Łukasik Anna Maria": f"A-1 {rest} czeka na aktywację niepotwierdzony",
        "Zając Anna Maria": f"A-3 {rest} zablokowane potwierdzony",
        "Żak Anna Maria": f"A-2 {rest} aktywne potwierdzony",
    }
    assert "W ewidencji: 5 osób" in words_of(page)
    # Without the head: a style sheet's fingerprint may have eleven digits in a row.
    assert not re.search(r"\d{11}", page.content.decode().partition("<main")[2])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"asked": "ża"}, ["Zając", "Żak"]),
        ({"asked": "zak"}, ["Żak"]),
        ({"asked": "Kowalska Anna"}, ["Kowalska"]),
        ({"account": "none"}, ["Ćwik", "Kowalska"]),
        ({"account": "waiting"}, ["Łukasik"]),
        ({"account": "frozen"}, ["Zając"]),
        ({"email": "unconfirmed"}, ["Ćwik", "Łukasik"]),
        ({"email": "none", "account": "none"}, ["Kowalska"]),
        ({"voivodeship": "30", "account": "active"}, ["Żak"]),
        ({"voivodeship": "14"}, []),
        ({"exam_kind": "matura", "entry_state": "active", "asked": "k"}, ["Kowalska"]),
        ({"exam_kind": "vocational"}, []),
        ({}, ["Ćwik", "Kowalska", "Łukasik", "Zając", "Żak"]),
    ],
)
def test_what_is_searched_and_filtered_is_shown(records: Client, asked: dict[str, str], names: list[str]) -> None:
    page = listed(records, **{"asked": ""} | asked)
    assert [name.split()[0] for name in names_of(page)] == names
    endings = {0: "osób", 1: "osoba", 2: "osoby"}
    assert f"Na liście: {len(names)} {endings.get(len(names), 'osób')}" in words_of(page) or not any(asked.values())
    assert ("Nie ma takiej osoby w ewidencji." in words_of(page)) == (not names)
    assert fields_of(page)["asked"] == asked.get("asked", "")
    assert ("Stan konta: aktywne" in words_of(page)) == (asked.get("account") == "active")
    for field, value in asked.items():
        assert field == "asked" or f'<option value="{value}" selected>' in page.content.decode()


def test_a_scope_is_chosen_by_its_code_and_name(records: Client) -> None:
    anna = make_examiner(numbers=("A-1",))
    jan = make_examiner(pesel=PESELS[1], numbers=("A-2",), surname="Żak")
    other = Scope.objects.create(code="INF.02", name="INF.02", exam_kind=ExamKind.VOCATIONAL)
    Entry.objects.filter(examiner=jan).update(scope=other)
    add_entry(anna, "A-3", EntryState.STRUCK_OFF)
    page = records.get(FIND)
    first = Scope.objects.get(code="MBI")
    assert f'<option value="{first.pk}">MBI – biologia</option>' in page.content.decode()
    assert f'<option value="{other.pk}">INF.02</option>' in page.content.decode()
    assert rows_of(page)["Łukasik Anna Maria"] == "A-1 biologia A-3 biologia, skreślony bez konta brak"
    for asked, names in (
        ({"scope": str(first.pk)}, ["Łukasik Anna Maria"]),
        ({"scope": str(first.pk), "entry_state": "struck-off"}, ["Łukasik Anna Maria"]),
        ({"scope": str(other.pk), "entry_state": "struck-off"}, []),
        ({"scope": str(other.pk), "exam_kind": "matura"}, []),
        ({"scope": str(other.pk), "exam_kind": "vocational"}, ["Żak Anna Maria"]),
    ):
        assert names_of(listed(records, asked="", **asked)) == names


@pytest.mark.parametrize("asked", [PESELS[0], f"{PESELS[0][:6]} {PESELS[0][6:]}", "a-1", "BP 7", "BPX"])
def test_what_is_exact_leads_straight_to_the_person(records: Client, asked: str) -> None:
    person = make_examiner(numbers=("A-1",))
    other = make_examiner(pesel=PESELS[1], numbers=())
    Examiner.objects.filter(pk=(other if asked.startswith("BP") else person).pk).update(identifier_key="bp7")
    if asked == "BPX":
        Examiner.objects.filter(pk=other.pk).update(identifier_key="bpx")
    answer = send(records, FIND, asked=asked, account="active")
    found = other if asked.startswith("BP") else person
    assert answer["Location"] == f"{FIND}{found.id}/"
    assert not Selection.objects.exists()
    assert Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP, subject=found.id).count() == 1


@pytest.mark.parametrize("asked", [PESELS[1], "B-2", "12", "٣", "x" * 10_000, "\0", "Żak\x1b", "\u200b" * 3 + "7"])
def test_what_cannot_be_is_an_error_that_loses_nothing_typed(records: Client, asked: str) -> None:
    make_examiner(numbers=("A-1",))
    answer = send(records, FIND, asked=asked, account="active")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="id_asked_error"' in html
    assert '<option value="active" selected>' in html
    assert names_of(answer) == []
    assert not Selection.objects.exists()


@pytest.mark.parametrize("name", ["scope", "exam_kind", "entry_state", "account", "voivodeship", "email"])
@pytest.mark.parametrize("value", ["nonsense", "-1", "99999999999999999999", "' OR 1=1", "aktywne", "\0"])
def test_forged_filters_are_refused(records: Client, name: str, value: str) -> None:
    answer = send(records, FIND, asked="żak", **{name: value})
    assert answer.status_code == 200
    assert "Wybierz coś z listy" in words_of(answer)
    assert fields_of(answer)["asked"] == "żak"
    assert not Selection.objects.exists()


def test_what_was_typed_stands_in_no_address_and_in_no_log(records: Client, caplog: pytest.LogCaptureFixture) -> None:
    make_examiner(surname="Żak")
    answer = send(records, FIND, asked="Żak Anna")
    page = records.get(answer["Location"])
    assert names_of(page) == ["Żak Anna Maria"]
    for text in (answer["Location"], caplog.text, *map(str, Event.objects.values_list("details", flat=True))):
        assert "ak Anna" not in text
    assert "no-store" in page["Cache-Control"]


@pytest.mark.usefixtures("people")
def test_pages_lead_to_each_other_and_make_no_selection(records: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_lookup, "PAGE_SIZE", 2)
    for path in (FIND, send(records, FIND, asked="", entry_state="active")["Location"]):
        seen, query = [], ""
        for _ in range(3):
            page = records.get(path + query)
            seen += names_of(page)
            query = (re.findall(r'rel="next" href="(\?after=[^"]+)"', page.content.decode()) or [""])[0]
        assert [name.split()[0] for name in seen] == ["Ćwik", "Kowalska", "Łukasik", "Zając", "Żak"]
        assert query == ""
        assert "Wróć do pierwszych egzaminatorów" in words_of(page)
        for cursor in ("x", str(uuid.uuid4()), "' OR 1=1"):
            assert names_of(records.get(path, {"after": cursor})) == seen[:2]
    assert Selection.objects.count() == 1
    assert send(records, FIND, asked="", entry_state="active")["Location"].endswith(f"{Selection.objects.get().id}/")


def test_a_long_list_is_not_counted_to_its_end(records: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_TO", 2)
    monkeypatch.setattr("egzaminator.panel.list_views.COUNTED_TO", 2)
    for number in range(3):
        make_examiner(pesel=PESELS[number], numbers=())
        page = words_of(listed(records, asked="łuk"))
        assert ("Na liście: ponad 1 000 osób" in page) == (number == 2)


def test_the_number_of_queries_does_not_grow(records: Client) -> None:
    counts = []
    for number in range(3):
        make_account(make_examiner(pesel=PESELS[number], numbers=(f"A-{number}",)), email=f"{number}@example.org")
        make_claim(make_examiner(pesel=None, identifier_key=str(number), numbers=(f"B-{number}",)))
        path = send(records, FIND, asked="łuk", exam_kind="matura")["Location"]
        records.get(path)
        records.get(FIND)
        with CaptureQueriesContext(connection) as queries:
            assert len(names_of(records.get(path))) in {1, 2}  # names repeat
            records.get(FIND)
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_each_page_is_counted_once_and_recorded_with_who_was_on_it(
    records: Client, member: Account, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECORDS_LOOKUPS_BURST = 3
    monkeypatch.setattr(list_lookup, "PAGE_SIZE", 1)
    anna = make_examiner(numbers=("A-1",), surname="Ćwik")
    jan = make_examiner(pesel=PESELS[1], numbers=("A-2",), surname="Żak")
    token = fields_of(records.get(FIND))["csrfmiddlewaretoken"]
    for _ in range(4):
        assert names_of(records.get(FIND)) == ["Ćwik Anna Maria"]
    assert names_of(records.get(FIND, {"after": str(anna.id)})) == ["Żak Anna Maria"]
    path = records.post(FIND, {"asked": "ćw", "csrfmiddlewaretoken": token})["Location"]
    assert names_of(records.get(path)) == ["Ćwik Anna Maria"]
    refused = records.post(FIND, {"asked": "żak", "csrfmiddlewaretoken": token})
    assert (refused.status_code, Selection.objects.count()) == (429, 1)
    assert names_of(records.get(FIND, {"after": str(jan.id)})) == []
    events = Event.objects.filter(tag=Tag.EXAMINERS_LISTED, actor=member.id).order_by("at")
    assert [event.details["examiners"] for event in events] == [[str(anna.id)]] * 5 + [[str(jan.id)], [str(anna.id)]]
    assert events.last().details["selection"] == str(Selection.objects.get().id)  # type: ignore[union-attr]  # there are seven
    assert {event.subject for event in events} == {None}


def test_a_stolen_session_gets_so_many_pages_and_no_more(records: Client, settings: Settings) -> None:
    settings.RECORDS_LOOKUPS_BURST = 10
    for number in range(5):
        make_examiner(pesel=PESELS[number], numbers=())
    cursors = [str(uuid.UUID(int=number)) for number in range(40)]
    answers = [records.get(FIND, {"after": cursor}) for cursor in cursors]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 30
    assert {name for answer in answers[10:] for name in names_of(answer)} == set()
    assert Event.objects.filter(tag=Tag.LOOKUPS_CAPPED).count() == 30


@pytest.mark.parametrize("role", [Role.HELP_DESK])
def test_the_help_desk_has_the_exact_search_alone(role: Role) -> None:
    make_examiner(numbers=("A-1",), surname="Żak")
    client = browser_of(make_staff(roles=[role]))
    page = client.get(FIND)
    assert "Żak" not in words_of(page)
    assert "Filtry" not in words_of(page)
    for asked in ("żak", "Żak Anna", "ż"):
        answer = send(client, FIND, asked=asked, account="none")
        assert (answer.status_code, 'id="id_asked_error"' in answer.content.decode()) == (200, True)
    assert send(client, FIND, asked="A-1").status_code == 302
    assert not Selection.objects.exists()


def test_the_inspector_reads_lists() -> None:
    make_examiner(surname="Żak")
    client = browser_of(make_staff(roles=[Role.INSPECTOR]))
    assert names_of(client.get(FIND)) == ["Żak Anna Maria"]
    assert names_of(listed(client, asked="ża")) == ["Żak Anna Maria"]


# Selections


def post(client: Client, path: str, page: str, **fields: str) -> Response:
    """Send a form of a selection's page, with its marks."""
    shown = client.get(page)
    marks = marks_of(shown)
    fields |= {"csrfmiddlewaretoken": fields_of(shown)["csrfmiddlewaretoken"], "whose": marks.get(path, "")}
    return client.post(path, fields)


def test_the_forms_of_a_list_say_whose_they_are(records: Client) -> None:
    page = send(records, FIND, asked="ża")["Location"]
    assert post(records, f"{page}nazwa/", page, name="A")["Location"] == page
    assert set(marks_of(records.get(page))) >= {f"{page}nazwa/", f"{page}usun/"}


def test_a_list_is_kept_under_a_name_for_all_who_may_list(records: Client) -> None:
    make_examiner(surname="Żak")
    page = send(records, FIND, asked="ża", account="none")["Location"]
    other = browser_of(make_staff(email="ewa@oke.example", roles=[Role.INSPECTOR]))
    assert other.get(page).status_code == 404
    empty = post(records, f"{page}nazwa/", page, name=" ")
    assert "Wpisz nazwę listy" in words_of(empty)
    assert "Leave" not in words_of(post(records, f"{page}nazwa/", page, name=PESELS[0]))
    assert Selection.objects.get().name == ""

    answer = post(records, f"{page}nazwa/", page, name="Zza, bez konta")
    assert answer["Location"] == page
    for client in (records, other):
        shown = client.get(FIND)
        assert f'<a href="{page}">Zza, bez konta</a>' in shown.content.decode()
        assert names_of(client.get(page)) == ["Żak Anna Maria"]
        assert "Egzaminatorzy: Zza, bez konta" in words_of(client.get(page))
    assert "Usuń tę listę" in words_of(records.get(page))
    assert "Usuń tę listę" not in words_of(other.get(page))

    for path in ("nazwa/", "usun/"):
        assert post(other, page + path, FIND, name="Moja").status_code in {302, 404, 409}
    assert Selection.objects.get().name == "Zza, bez konta"
    post(records, f"{page}nazwa/", page, name="Bez konta")
    assert Selection.objects.get().name == "Bez konta"
    assert post(records, f"{page}usun/", page)["Location"] == FIND
    assert not Selection.objects.exists()
    assert [client.get(page).status_code for client in (records, other)] == [404, 404]
    assert Examiner.objects.count() == 1


def test_somebody_elses_list_cannot_be_named_or_deleted_with_any_mark(records: Client) -> None:
    page = send(records, FIND, asked="ża")["Location"]
    other = browser_of(make_staff(email="ewa@oke.example", roles=[Role.RECORDS]))
    own = send(other, FIND, asked="ża")["Location"]
    marks = marks_of(other.get(own))
    token = fields_of(other.get(own))["csrfmiddlewaretoken"]
    for act in ("nazwa/", "usun/"):
        fields = {"name": "Moja", "csrfmiddlewaretoken": token}
        stolen = other.post(page + act, fields | {"whose": marks[f"{own}nazwa/"]})
        assert stolen.status_code == 302  # of another form
        assert other.post(page + act, fields).status_code == 404  # the test's client adds the right mark
    assert set(Selection.objects.values_list("name", flat=True)) == {""}


def test_a_role_that_is_taken_away_closes_the_open_list(records: Client, member: Account) -> None:
    make_examiner(surname="Żak")
    page = send(records, FIND, asked="ża")["Location"]
    change_roles(member=member, roles=[Role.HELP_DESK], by=SYSTEM)
    assert [records.get(page).status_code, records.post(f"{page}usun/").status_code] == [403, 403]
    assert "Żak" not in words_of(records.get(FIND))
    end_member(member=member, by=SYSTEM)
    assert records.get(page)["Location"].startswith("/konto/logowanie/")


def test_a_selection_whose_terms_were_changed_in_the_database_is_a_case_and_no_crash(records: Client) -> None:
    page = send(records, FIND, asked="ża")["Location"]
    Selection.objects.update(terms_encrypted=b"\x01nonsense")
    answer = records.get(page)
    assert answer.status_code == 500
    assert Event.objects.filter(tag=Tag.VALUE_UNDECRYPTABLE).exists()
    assert send(records, FIND, asked="ża").status_code == 302
