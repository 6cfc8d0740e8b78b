"""Issuing all data about a person: who may, for whom, what stands in it, and what the person reads of it."""

import json

import pytest
from django.test import Client

from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.form_marks import MARK_FIELD
from egzaminator.data_export.domain.export import disclose
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.panel.domain.looks import record_list
from egzaminator.records.domain.joining import join_examiners, show_both
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Examiner
from egzaminator.staff.domain.notes import add_note
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, examiner_of, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, marks_of, token_of, words_of
from tests.helpers.staff_texts import reason_of
from tests.panel.imported import applied, undone
from tests.panel.staff_browser import browser_of, send
from tests.register.files import ANNA

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIND = "/panel/ochrona-danych/osoba/"
STRANGER = "obca@example.org"


@pytest.fixture
def inspector() -> Account:
    return make_staff(email="iod@oke.example", name="Ida Inspektor", roles=[Role.INSPECTOR])


@pytest.fixture
def browser(inspector: Account) -> Client:
    return browser_of(inspector)


def path_of(examiner: Examiner) -> str:
    return f"{FIND}{examiner.pk}/dane/"


def issue(browser: Client, examiner: Examiner, form: str = "file") -> Response:
    return send(browser, path_of(examiner), reason="Wniosek z 3 marca", form=form)


def issued(browser: Client, examiner: Examiner) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(issue(browser, examiner).content)
    return found


@pytest.mark.parametrize("asked", [PESELS[0], "mbi/1/2019"])
def test_is_found_by_an_exact_number_that_stands_in_no_address(browser: Client, asked: str) -> None:
    examiner = make_examiner()
    assert send(browser, FIND, asked=asked)["Location"] == path_of(examiner)
    assert send(browser, FIND, asked=asked, delete="on")["Location"] == f"{FIND}{examiner.pk}/usun-konto/"
    assert "Nikt w ewidencji nie ma" in words_of(send(browser, FIND, asked=PESELS[1]))


def test_it_is_what_the_person_gets_from_my_data(browser: Client) -> None:
    account = make_account(make_examiner())
    examiner = examiner_of(account)
    by_board, own = issued(browser, examiner), disclose(account=account, examiner=examiner)
    moving = {"made_at", "events"}  # each of the two is an event
    assert by_board.keys() == own.keys()
    assert {name: by_board[name] for name in by_board.keys() - moving} == {
        name: json.loads(json.dumps(own[name], default=str)) if name in {"format", "made_by"} else by_board[name]
        for name in own.keys() - moving
    }
    assert [len(by_board[name]) for name in own.keys() - moving] == [len(own[name]) for name in own.keys() - moving]


def test_without_an_account_there_are_the_register_the_forms_and_what_staff_wrote(browser: Client) -> None:
    examiner = make_examiner(email="anna@ewidencji.example")
    make_claim(examiner, email=STRANGER)
    staff = make_staff()
    add_note(examiner=examiner, text="Dzwoniła w marcu", member=staff, by=Actor(staff.pk))
    record_list(people=[examiner.pk], by=Actor(staff.pk))
    answer = issue(browser, examiner)
    data = json.loads(answer.content)
    assert (data["account"], data["details"], data["sessions"]) == ([], [], [])
    assert (data["person"][0]["pesel"], len(data["entries"]), len(data["forms"])) == (PESELS[0], 1, 1)
    assert [text["text"] for text in data["staff_texts"]] == ["Dzwoniła w marcu", "Wniosek z 3 marca"]
    assert {event["tag"] for event in data["events"]} >= {"note.added", "claim.saved", "data.issued"}
    # The second page is the list that the test reads its token from.
    assert [(one["tag"], one["roles"][-1]) for one in data["lists"]] == [
        ("examiners.listed", "redakcja"),
        ("examiners.listed", "inspektor"),
    ]
    # The form was never activated, so it may be somebody else's; and no colleague is named.
    body = answer.content.decode()
    assert [text in body for text in (STRANGER, "Łukasik", str(staff.pk), "Ida Inspektor")] == [
        False, True, False, False,
    ]  # fmt: skip


def test_the_struck_off_the_transferred_and_the_dead_are_in_the_register_as_well(browser: Client) -> None:
    struck, moved, dead = (make_examiner(pesel=PESELS[n], numbers=(f"A/{n}",)) for n in range(3))
    Entry.objects.filter(examiner=struck).update(state=EntryState.STRUCK_OFF)
    Examiner.objects.filter(pk=moved.pk).update(transferred_to="OKE Łódź", transferred_on="2026-01-02")
    mark_deceased(examiner_id=dead.pk, on=dead.created_at.date())
    assert issued(browser, struck)["entries"][0]["state"] == "struck-off"
    assert issued(browser, moved)["person"][0]["transferred_to"] == "OKE Łódź"
    assert issued(browser, dead)["person"][0]["deceased_on"] == str(dead.created_at.date())


def test_the_id_of_a_joined_record_leads_to_the_one_that_has_the_data(browser: Client) -> None:
    kept, other = make_examiner(), make_examiner(pesel=None, numbers=("B/1",), identifier="U-1", identifier_key="u-1")
    make_account(other)
    add_note(examiner=other, text="Z drugiego zapisu", member=make_staff(), by=SYSTEM)
    join_examiners(kept_id=kept.pk, other_id=other.pk, shown=show_both(kept, other), reason="Pismo", by=SYSTEM)
    assert browser.get(path_of(other))["Location"] == path_of(kept)
    data = issued(browser, kept)
    assert ({entry["number"] for entry in data["entries"]}, len(data["account"])) == ({"MBI/1/2019", "B/1"}, 1)
    assert "Z drugiego zapisu" in {text["text"] for text in data["staff_texts"]}


def test_events_of_an_account_that_was_deleted_are_still_the_persons(browser: Client) -> None:
    account = make_account(make_examiner())
    examiner = examiner_of(account)
    disclose(account=account, examiner=examiner)
    delete_account(account=account, reason="asked-for")
    data = issued(browser, examiner)
    assert ({"data.downloaded", "account.deleted"} <= {event["tag"] for event in data["events"]}, data["account"]) == (
        True,
        [],
    )


def test_the_page_to_print_is_in_polish_and_nothing_of_it_is_kept(browser: Client) -> None:
    account = make_account(make_examiner())
    answer = issue(browser, examiner_of(account), form="page")
    words = words_of(answer)
    assert (answer["Cache-Control"], answer.status_code) == ("no-store", 200)
    assert [text in words for text in (PESELS[0], "Wpisy w ewidencji", "Drukuj stronę", "Szkoła Podstawowa nr 1")] == [
        True
    ] * 4
    assert PESELS[0] not in browser.get(path_of(examiner_of(account))).content.decode()
    file = issue(browser, examiner_of(account))
    assert (file["Cache-Control"], file["Content-Disposition"]) == (
        "no-store",
        'attachment; filename="dane-osoby.json"',
    )


def test_it_is_recorded_with_the_reason_and_the_owner_reads_the_role(browser: Client, inspector: Account) -> None:
    account = make_account(make_examiner())
    issue(browser, examiner_of(account))
    event = Event.objects.get(tag=Tag.DATA_ISSUED)
    assert (event.actor, event.subject, event.details) == (
        inspector.pk,
        account.examiner_id,
        {"roles": ["inspektor"]},
    )
    assert reason_of(event) == "Wniosek z 3 marca"
    owner = Client(headers={"Sec-Fetch-Site": "same-origin"})
    owner.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    history, looks = words_of(owner.get("/konto/historia/")), words_of(owner.get("/konto/historia/kto-ogladal/"))
    assert "Komisja wydała wszystkie dane o tobie. Kto: Inspektor" in history
    assert "Pracownik wydał wszystkie dane tej osoby" in looks
    assert ("Ida" in history, "Ida" in looks) == (False, False)


@pytest.mark.parametrize("reason", ["", "x", f"ma {PESELS[1]} w aktach"])
def test_without_a_fit_reason_nothing_is_given(browser: Client, reason: str) -> None:
    examiner = make_examiner()
    answer = send(browser, path_of(examiner), reason=reason, form="file")
    assert 'id="id_reason_error"' in answer.content.decode()
    assert PESELS[0] not in answer.content.decode()
    assert not Event.objects.filter(tag=Tag.DATA_ISSUED).exists()


def test_a_page_that_another_person_left_open_gives_nothing(browser: Client, inspector: Account) -> None:
    examiner = make_examiner()
    page = browser.get(path_of(examiner))
    sent = {MARK_FIELD: marks_of(page)[""], "reason": "Wniosek z 3 marca", "form": "file"}
    other = make_staff(email="inny@oke.example", name="Inny", roles=[Role.INSPECTOR])
    browser.force_login(other)
    answer = browser.post(path_of(examiner), sent | {"csrfmiddlewaretoken": token_of(browser, FIND)})
    assert answer.status_code == 409
    assert PESELS[0] not in answer.content.decode()
    assert not Event.objects.filter(tag=Tag.DATA_ISSUED).exists()


def test_nobody_issues_the_data_of_their_own_record(browser: Client) -> None:
    examiner = make_examiner(email="iod@oke.example")
    answer = issue(browser, examiner)
    assert answer["Location"] == f"/panel/egzaminatorzy/{examiner.pk}/"
    assert not Event.objects.filter(tag=Tag.DATA_ISSUED).exists()


def test_whoever_an_undone_import_took_back_is_found_by_the_pesel_and_nothing_held_is_missing(browser: Client) -> None:
    officer = make_staff(email="ewa@oke.example", name="Ewa Druga", roles=[Role.RECORDS])
    one = applied(ANNA, by=officer)
    undone(one, officer)
    examiner = Examiner.objects.get()

    assert send(browser, FIND, asked=ANNA["pesel"])["Location"] == path_of(examiner)
    data = issued(browser, examiner)
    assert data["person"][0]["taken_back_at"] is not None
    assert data["entries"] == []
    assert [(one["is_new"], one["undo_outcome"], one["former_numbers"]) for one in data["imports"]] == [
        (True, "taken-back", ANNA["numer_ewidencyjny"])
    ]
