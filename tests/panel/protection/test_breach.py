"""The breach helper on the screen and as a file: everything by which the panel shows people is found in its answer."""

import datetime
import io
import uuid

import pytest
import time_machine
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, ShownPeople
from egzaminator.onboarding.models import Claim
from egzaminator.panel.domain.examiner_lookup import record_view
from egzaminator.panel.domain.make_export import make_export
from egzaminator.panel.domain.traces import Question, iterate_people
from egzaminator.register.domain.selections import select
from egzaminator.register.models import Examiner, Export
from egzaminator.register.terms import Terms
from egzaminator.staff.domain.asking import ask
from egzaminator.staff.domain.notes import add_note
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, token_of, words_of
from tests.helpers.mfa import give_totp
from tests.helpers.routes import sample_of
from tests.helpers.staff_texts import reason_of
from tests.panel.imported import applied
from tests.panel.staff_browser import browser_of, send
from tests.panel.test_permissions import OURS
from tests.records.editing import decided_entry
from tests.register.files import ANNA as DECIDED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BREACH = "/panel/ochrona-danych/naruszenie/"
ANNA = "Brzęczyszczykiewicz"
# What is sent to pages that show nobody before, by the name of the URL.
SENT = {
    "find-examiner": {"asked": PESELS[0]},
    "protection-person": {"asked": PESELS[0]},
    "journal": {"person": PESELS[0]},
    "show-pesel": {"reason": "Porównanie"},
    "issue-data": {"reason": "Wniosek", "form": "page"},
    "add-person": {"pesel": PESELS[0], "first_names": "Jan", "surname": "Lis", "number": "X/1", "reason": "Decyzja"},
    "find-other": {"asked": PESELS[0]},
    "add-note": {"note": "Dzwoniła w marcu"},
}


@pytest.fixture
def inspector() -> Client:
    return browser_of(make_staff(email="iod@oke.example", name="Ida Inspektor", roles=[Role.INSPECTOR]))


def seen_by(member: Account, since: datetime.datetime | None = None) -> set[uuid.UUID]:
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    question = Question(actor=member.pk, since=since or now - hour, before=now + hour)
    return {trace.examiner.pk for batch in iterate_people(question=question) for trace in batch}


def address(member: Account | str, since: str = "1.03.2026", until: str = "31.03.2026", **more: str) -> str:
    actor = member if isinstance(member, str) else str(member.pk)
    typed = {"actor": actor, "since": since, "until": until} | more
    return f"{BREACH}?{'&'.join(f'{name}={value}' for name, value in typed.items())}"


def content_of(response: Response) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


def world() -> tuple[Examiner, Claim, dict[str, object]]:
    """Make an examiner who stands on every page that shows people, and return the ids for all addresses."""
    asker = make_staff(email="prosi@oke.example", name="Pyta")
    examiner = make_examiner(numbers=(), surname=ANNA)
    decision = decided_entry(examiner, "A/1").decisions.get()
    claim = make_claim(make_examiner(pesel=PESELS[3], numbers=("D/1",), surname=ANNA))
    add_note(examiner=examiner, text="Dzwoniła", member=asker, by=Actor(asker.pk))
    account = make_account(examiner)
    give_totp(account)
    act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="Rozmowa", member=asker)
    freeze(account)
    other = make_examiner(pesel=PESELS[2], numbers=(), surname=ANNA)
    ids: dict[str, object] = {
        "examiner_id": examiner.pk,
        "other_id": other.pk,
        "entry_id": decision.entry_id,
        "decision_id": decision.pk,
        "claim_id": claim.pk,
        "act_id": act.pk,
        "note_id": Event.objects.get(tag=Tag.NOTE_ADDED).staff_text,
    }
    return examiner, claim, ids


def test_whoever_a_page_of_the_panel_names_is_found() -> None:
    """Every address is opened: if the answer names people, then the question about this very moment names somebody."""
    _examiner, _claim, ids = world()
    member = make_staff(email="ktos@oke.example")
    browser = browser_of(member)
    ids["selection_id"] = select(terms=Terms(), maker=member.pk).pk
    token = token_of(browser, "/panel/moje-konto/")
    naming = set()
    for name, route in OURS.items():
        path = sample_of(route, **ids)
        asked = [None, SENT[name] | {"csrfmiddlewaretoken": token}] if name in SENT else [None]
        for typed in asked:
            since = timezone.now()
            answer = browser.post(path, typed) if typed else browser.get(path)
            if not answer.streaming and ANNA in answer.content.decode():
                naming.add(name)
                assert seen_by(member, since), path
    assert naming >= {"review", "find-examiner", "journal", "examiner", "strike-off", "join", "stop-claim-by-staff"}
    assert naming >= {"issue-data", "ask-deletion", "extract", "examiner-list", "show-pesel"}


def test_a_list_the_review_the_journal_and_both_records_of_a_joining_name_all_who_stand_there() -> None:
    examiner, claim, ids = world()
    everybody = set(Examiner.objects.filter(joined_into=None).values_list("pk", flat=True))
    for name, expected in (
        ("find-examiner", everybody),
        ("review", {examiner.pk, claim.examiner_id}),
        ("join", {examiner.pk, ids["other_id"]}),
        ("stop-claim-by-staff", {claim.examiner_id}),
    ):
        member = make_staff(email=f"{name}@oke.example")
        browser_of(member).get(sample_of(OURS[name], **ids))
        assert (name, seen_by(member)) == (name, expected)
    reader = make_staff(email="czyta@oke.example")
    browser_of(reader).get("/panel/dziennik/")
    assert seen_by(reader) >= {examiner.pk, claim.examiner_id}


def test_the_people_whose_data_an_import_wrote_are_found() -> None:
    officer = make_staff()
    applied(DECIDED, by=officer)
    assert seen_by(officer) == {Examiner.objects.get().pk}


@pytest.mark.parametrize("content", ["people", "register-file"])
def test_the_people_of_a_downloaded_file_are_found_and_outlive_it(content: str) -> None:
    one, other = make_examiner(numbers=()), make_examiner(pesel=PESELS[1], numbers=())
    for number, examiner in enumerate((one, other)):
        decided_entry(examiner, f"A/{number}")
    member = make_staff(roles=[Role.RECORDS])
    browser = browser_of(member)
    page = send(
        browser, "/panel/egzaminatorzy/eksport/", content=content, format="csv", reason="Na naradę", export_id=""
    )["Location"]
    make_export()
    assert content_of(send(browser, f"{page}pobierz/"))
    Export.objects.all().delete()
    later = make_examiner(pesel=PESELS[2], numbers=())
    downloads = Question(
        actor=member.pk,
        since=Event.objects.get(tag=Tag.EXPORT_DOWNLOADED).at,
        before=timezone.now() + datetime.timedelta(hours=1),
    )
    found = {
        trace.examiner.pk: [seen.way.value for seen in trace.seen]
        for batch in iterate_people(question=downloads)
        for trace in batch
    }
    assert found == {one.pk: ["downloaded"], other.pk: ["downloaded"]}
    assert later.pk not in found


def test_the_people_of_an_exported_journal_are_found() -> None:
    examiner = make_examiner()
    record_view(examiner=examiner, by=Actor(make_staff().pk))
    member = make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    browser = browser_of(member)
    content_of(
        browser.post("/panel/dziennik/eksport/", {"csrfmiddlewaretoken": token_of(browser, "/panel/moje-konto/")})
    )
    assert seen_by(member) == {examiner.pk}
    assert ShownPeople.objects.get().file == Event.objects.get(tag=Tag.JOURNAL_EXPORTED).pk


def test_the_page_shows_persons_with_what_was_seen_and_is_recorded(inspector: Client) -> None:
    member = make_staff()
    examiner = make_examiner()
    with time_machine.travel("2026-03-10T11:00:00Z", tick=False):
        record_view(examiner=examiner, by=Actor(member.pk))
    words = words_of(inspector.get(address(member)))
    assert [text in words for text in ("1 osoba", "Łukasik Anna Maria", "strona osoby: 1", "2026-03-10 12:00")] == [
        True
    ] * 4
    event = Event.objects.filter(tag=Tag.EXAMINERS_LISTED).latest("at")
    assert (event.details["examiners"], event.details["actor"]) == ([str(examiner.pk)], str(member.pk))
    assert event.details["since"] == "2026-03-01T00:00:00+01:00"
    assert event.details["before"] == "2026-04-01T00:00:00+02:00"


@pytest.mark.parametrize(
    ("times", "is_found"),
    [
        ({"since_time": "12:00", "until_time": "12:00"}, True),
        ({"since_time": "12:01"}, False),
        ({"until_time": "11:59"}, False),
        ({}, True),
    ],
)
def test_both_ends_belong_to_the_time_to_the_minute_at_the_board(
    inspector: Client, times: dict[str, str], *, is_found: bool
) -> None:
    member = make_staff()
    with time_machine.travel("2026-03-10T11:00:59.9Z", tick=False):
        record_view(examiner=make_examiner(), by=Actor(member.pk))
    page = words_of(inspector.get(address(member, "10.03.2026", "10.03.2026", **times)))
    assert ("Łukasik" in page) is is_found


def test_an_hour_that_the_clocks_have_twice_is_whole(inspector: Client) -> None:
    member = make_staff()
    for pesel, moment in ((PESELS[0], "2026-10-25T00:10:00Z"), (PESELS[1], "2026-10-25T01:10:00Z")):
        with time_machine.travel(moment, tick=False):
            record_view(examiner=make_examiner(pesel=pesel, numbers=()), by=Actor(member.pk))
    page = inspector.get(address(member, "25.10.2026", "25.10.2026", since_time="02:10", until_time="02:10"))
    assert "2 osoby" in words_of(page)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"since": "2.03.2026", "until": "1.03.2026"}, "Koniec jest wcześniejszy niż początek"),
        ({"since": "31.02.2026"}, "Wpisz dzień w ten sposób"),
        ({"since_time": "25:00"}, "Wpisz godzinę w ten sposób: 14:30"),
        ({"since": ""}, "Wpisz pierwszy dzień"),
        ({"member": "kto-to"}, "Wybierz"),
    ],
)
def test_bad_input_is_told_and_stays_in_the_form(inspector: Client, typed: dict[str, str], told: str) -> None:
    make_staff()
    page = inspector.get(address(**({"member": str(make_staff(email="a@oke.example").pk)} | typed)))
    assert (page.status_code, told in words_of(page)) == (200, True)
    assert not Event.objects.filter(tag=Tag.EXAMINERS_LISTED).exists()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_file_has_all_of_them_without_a_pesel_and_records_whom_it_names(
    inspector: Client, file_format: str
) -> None:
    member = make_staff()
    examiner = make_examiner(email="anna@ewidencji.example", surname="=1+1")
    with time_machine.travel("2026-03-10T11:00:00Z", tick=False):
        record_view(examiner=examiner, by=Actor(member.pk))
    path = address(member).replace(BREACH, f"{BREACH}plik/")
    assert "1 osoba" in words_of(inspector.get(path))
    answer = send(inspector, path, format=file_format, reason="Zgłoszenie 4/2026")
    content = content_of(answer)
    if file_format == "csv":
        rows = [line.split(";") for line in content.decode("utf-8-sig").splitlines()]
    else:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[1:] == [
        [
            "'=1+1", "Anna Maria", "MBI/1/2019", "anna@ewidencji.example", "strona osoby (1)",
            "2026-03-10 12:00", "2026-03-10 12:00",
        ],
    ]  # fmt: skip
    assert PESELS[0].encode() not in content
    event = Event.objects.get(tag=Tag.TRACES_EXPORTED)
    assert (event.subject, reason_of(event)) == (member.pk, "Zgłoszenie 4/2026")
    shown = ShownPeople.objects.get()
    assert (shown.file, shown.people) == (event.pk, [examiner.pk])


def test_without_a_reason_there_is_no_file(inspector: Client) -> None:
    path = address(make_staff()).replace(BREACH, f"{BREACH}plik/")
    answer = send(inspector, path, format="csv", reason="")
    assert "Wpisz powód" in words_of(answer)
    assert not Event.objects.filter(tag=Tag.TRACES_EXPORTED).exists()


def test_commands_are_named_and_have_an_answer_of_their_own(inspector: Client) -> None:
    assert "polecenia na serwerze i sam program" in words_of(inspector.get(BREACH))
    assert inspector.get(address("program")).status_code == 200
