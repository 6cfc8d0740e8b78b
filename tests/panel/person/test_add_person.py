import datetime

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.enums import DecisionKind, EntryState
from egzaminator.register.models import Decision, Entry, Examiner, Scope
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.staff_texts import reason_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW = "/panel/egzaminatorzy/nowy/"
TYPED = {
    "pesel": PESELS[1],
    "identifier": "",
    "first_names": "Jan",
    "surname": "Żak",
    "email": "jan.zak@example.org",
    "number": "MBI/7/2026",
    "scope": "MBI",
    "reference": "OKE-4410-7/26",
    "decided_on": "1.03.2026",
    "reason": "Decyzja z dziennika podawczego",
}


@pytest.fixture(autouse=True)
def scope() -> Scope:
    return Scope.objects.create(code="MBI", name="biologia", exam_kind="matura")


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff(roles=[Role.RECORDS]))


def add(client: Client, **typed: str) -> Response:
    return send(client, NEW, **(TYPED | typed))


def test_a_person_with_the_first_entry_and_its_decision(staff: Client, scope: Scope) -> None:
    assert NEW in staff.get("/panel/egzaminatorzy/").content.decode()

    answer = add(staff)

    examiner = Examiner.objects.get()
    assert answer["Location"] == f"/panel/egzaminatorzy/{examiner.id}/"
    assert find_examiner(name=PESELS[1]) == examiner
    assert examiner.pesel is not None
    assert (examiner.pesel.digits, examiner.surname, examiner.first_names) == (PESELS[1], "Żak", "Jan")
    assert (examiner.email, examiner.email_since is not None) == ("jan.zak@example.org", True)
    entry = Entry.objects.get()
    day = datetime.date(2026, 3, 1)
    assert (entry.examiner, entry.scope, entry.number, entry.number_key) == (
        examiner,
        scope,
        "MBI/7/2026",
        "mbi/7/2026",
    )
    assert (entry.state, entry.entered_on) == (EntryState.ACTIVE, day)
    decision = Decision.objects.get()
    assert (decision.kind, decision.reference, decision.decided_on) == (DecisionKind.ENTRY, "OKE-4410-7/26", day)
    event = Event.objects.get(tag=Tag.EXAMINER_ADDED)
    assert (event.subject, reason_of(event), event.details) == (examiner.id, "Decyzja z dziennika podawczego", {})
    assert "Osoba jest w ewidencji." in words_of(staff.get(answer["Location"]))


def test_a_person_without_a_pesel(staff: Client) -> None:
    add(staff, pesel="", identifier="OKE-12", email="", surname="-")

    examiner = Examiner.objects.get()
    assert (examiner.identifier, examiner.pesel, examiner.email, examiner.email_since) == ("OKE-12", None, "", None)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"pesel": ""}, "pesel", "Nie ma ani numeru PESEL, ani identyfikatora."),
        ({"pesel": "80071610615"}, "pesel", "W numerze PESEL jest pomyłka"),
        ({"identifier": "OKE-1"}, "identifier", "Jest i numer PESEL, i identyfikator."),
        ({"pesel": "", "identifier": "123"}, "identifier", "W identyfikatorze nie ma żadnej litery"),
        ({"first_names": ""}, "first_names", "Wpisz imiona"),
        ({"surname": "Żak2"}, "surname", "Imię i nazwisko mogą zawierać tylko"),
        ({"email": "jan@"}, "email", "To nie jest adres e-mail."),
        ({"number": ""}, "number", "Wpisz numer ewidencyjny"),
        ({"number": "12.05.2011"}, "number", "Wpisz to tak, jak jest w dokumentach"),
        ({"scope": "XXX"}, "scope", "Wybierz zakres z listy"),
        ({"reference": "8,5E+10"}, "reference", "Wpisz to tak, jak jest w dokumentach"),
        ({"decided_on": "45000"}, "decided_on", "Wpisz dzień w ten sposób: 31.03.2026"),
        ({"decided_on": "31.02.2026"}, "decided_on", "Nie ma takiego dnia"),
        ({"reason": ""}, "reason", "Wpisz powód"),
    ],
)
def test_the_rules_are_those_of_register_files(staff: Client, typed: dict[str, str], field: str, said: str) -> None:
    answer = add(staff, **typed)

    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert said in words_of(answer)
    sent = TYPED | typed
    kept = fields_of(answer)
    assert {name: kept[name] for name in sent if name != "scope"} == {n: v for n, v in sent.items() if n != "scope"}
    assert not Examiner.objects.exists()


def test_a_retired_scope_is_not_offered(staff: Client, scope: Scope) -> None:
    scope.is_retired = True
    scope.save()

    assert 'id="id_scope_error"' in add(staff).content.decode()


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"pesel": PESELS[1]}, "pesel"),
        ({"pesel": PESELS[0], "numbers": ("mbi / 7 / 2026",)}, "number"),
    ],
)
def test_who_is_there_already_is_named_and_led_to(staff: Client, known: dict[str, str], field: str) -> None:
    owner = make_examiner(**known)  # type: ignore[arg-type]  # the numbers are a tuple

    answer = add(staff)

    html = answer.content.decode()
    assert f'id="id_{field}_error"' in html
    assert f'<a href="/panel/egzaminatorzy/{owner.id}/">Anna Maria Łukasik</a>' in html
    assert Examiner.objects.get() == owner
    assert Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP, subject=owner.id).count() == 1


def test_a_number_in_use_does_not_tell_unseen_that_a_person_is_new(staff: Client, settings: Settings) -> None:
    owner = make_examiner(pesel=PESELS[0], numbers=("MBI/7/2026",))
    settings.RECORDS_LOOKUPS_BURST = 2
    token = {"csrfmiddlewaretoken": fields_of(staff.get(NEW))["csrfmiddlewaretoken"]}
    for pesel in (PESELS[1], "800716 10614"):
        assert staff.post(NEW, TYPED | token | {"pesel": pesel}).status_code == 200
    assert staff.post(NEW, TYPED | token | {"pesel": PESELS[2]}).status_code == 429
    looks = Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP).values_list("subject", flat=True)
    assert sorted(map(str, looks)) == sorted(["None", "None", str(owner.id), str(owner.id)])


@pytest.mark.parametrize("typed", [{"first_names": "JAN", "surname": "Nowak"}, {"email": "Jan@OKE.example"}])
def test_nobody_adds_themselves(staff: Client, typed: dict[str, str]) -> None:
    assert "Tę osobę musi dodać ktoś inny" in words_of(add(staff, **typed))
    assert not Examiner.objects.exists()


def test_a_cell_that_a_spreadsheet_would_run_is_refused(staff: Client) -> None:
    assert 'id="id_reference_error"' in add(staff, reference="=1+1").content.decode()
    assert not Examiner.objects.exists()
