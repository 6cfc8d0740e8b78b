import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.views.debug import SafeExceptionReporterFilter
from pytest_django.fixtures import Settings

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.encryption import encrypt
from egzaminator.core.pesel import Pesel
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.register.domain.examiners import pesel_index
from egzaminator.register.models import Decision, Entry, Examiner, FormerValue, Scope, StrikeOffGround, pesel_context
from egzaminator.staff.roles import Role
from tests.helpers.factories import HOME, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.staff_texts import reason_of
from tests.key_rotation.tampering import spoil
from tests.panel.staff_browser import browser_of, send
from tests.records.editing import WHY as EDITED_BECAUSE
from tests.records.editing import correct_names, decided_entry
from tests.register.rows import digits_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "Odpis aktu małżeństwa"


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff())


@pytest.fixture
def examiner() -> Examiner:
    anna = make_examiner(numbers=())
    decided_entry(anna, "A/1")
    return anna


def pesel_columns(examiner: Examiner, digits: str) -> dict[str, bytes]:
    return {
        "pesel_encrypted": encrypt(digits, context=pesel_context(examiner.id)),
        "pesel_index": pesel_index(Pesel(digits)),
    }


def page_of(examiner: Examiner) -> str:
    return f"/panel/egzaminatorzy/{examiner.id}/"


def fill(staff: Client, path: str, **fields: str) -> Response:
    """Open an action's page and send its form, with what it was filled in with and carries."""
    return send(staff, path, **(fields_of(staff.get(path)) | {"reason": WHY} | fields))


def test_a_surname_is_corrected_and_the_former_one_stands_below(staff: Client, examiner: Examiner) -> None:
    make_account(examiner)
    path = f"{page_of(examiner)}popraw-nazwisko/"
    assert fields_of(staff.get(path))["surname"] == "Łukasik"
    assert fill(staff, path, surname="Łukasik-Żak")["Location"] == page_of(examiner)
    page = words_of(staff.get(page_of(examiner)))
    assert "Łukasik-Żak Popraw : Nazwisko dawniej: Łukasik (do " in page
    assert WHY in page
    event = Event.objects.get(tag=Tag.NAMES_CORRECTED)
    assert (event.actor, reason_of(event)) == (Account.objects.get(examiner=None).id, WHY)
    assert Email.objects.filter(kind=EmailKind.RECORD_CHANGED).count() == 1
    assert fill(staff, path)["Location"] == page_of(examiner)
    assert "Nic się nie zmieniło" in words_of(staff.get(page_of(examiner)))


def test_wrong_input_is_told_and_nothing_typed_is_lost(staff: Client, examiner: Examiner) -> None:
    answer = fill(staff, f"{page_of(examiner)}popraw-nazwisko/", surname="Ł1", reason="")
    assert fields_of(answer)["surname"] == "Ł1"
    assert 'id="id_surname_error"' in answer.content.decode()
    assert 'id="id_reason_error"' in answer.content.decode()
    answer = fill(staff, f"{page_of(examiner)}popraw-pesel/", pesel="44051401358")
    assert "Sprawdź numer PESEL" in words_of(answer)
    answer = fill(staff, f"{page_of(examiner)}popraw-nazwisko/", surname="-", first_names="-")
    assert "Wpisz nazwisko albo imiona" in words_of(answer)
    for bad in ("x" * 500, "\0", "123"):
        assert fill(staff, f"{page_of(examiner)}popraw-identyfikator/", identifier=bad).status_code == 200
    assert FormerValue.objects.count() == 0


def test_of_two_officers_the_second_is_shown_what_changed_and_may_send_again(examiner: Examiner) -> None:
    first, second = browser_of(make_staff()), browser_of(make_staff(email="ola@oke.example"))
    path = f"{page_of(examiner)}popraw-nazwisko/"
    opened = fields_of(second.get(path))
    fill(first, path, surname="Lis")
    answer = send(second, path, **(opened | {"surname": "Żak", "reason": WHY}))
    assert "zmienił to ktoś inny" in words_of(answer)
    assert "Nazwisko: było „Łukasik”, teraz jest „Lis”" in words_of(answer)
    assert fields_of(answer)["surname"] == "Żak"
    assert Examiner.objects.get().surname == "Lis"
    assert send(second, path, **fields_of(answer))["Location"] == page_of(examiner)
    assert Examiner.objects.get().surname == "Żak"
    assert list(FormerValue.objects.order_by("replaced_at").values_list("field", flat=True)) == ["surname"] * 2


def test_a_form_made_elsewhere_shows_what_there_is_now(staff: Client, examiner: Examiner) -> None:
    other = make_examiner(pesel=PESELS[1], numbers=())
    path = f"{page_of(examiner)}popraw-nazwisko/"
    for shown in ("", "x" * 100, fields_of(staff.get(f"{page_of(other)}popraw-nazwisko/"))["shown"]):
        answer = send(staff, path, surname="Żak", first_names="Anna", reason=WHY, shown=shown)
        assert "Sprawdź ją i wyślij jeszcze raz" in words_of(answer)
    assert send(staff, path, **fields_of(answer))["Location"] == page_of(examiner)
    assert Examiner.objects.get(pk=examiner.pk).surname == "Żak"


def test_a_pesel_in_use_names_its_holder_and_offers_to_join(staff: Client, examiner: Examiner) -> None:
    holder = make_examiner(pesel=PESELS[1], numbers=(), surname="Nowak", first_names="Ola")
    decided_entry(holder, "B/2")
    answer = fill(staff, f"{page_of(examiner)}popraw-pesel/", pesel=PESELS[1])
    assert "To dane innej osoby w ewidencji: Ola Nowak" in words_of(answer)
    join = f"{page_of(examiner)}polacz/{holder.id}/"
    assert f'<a href="{join}">Połącz z inną osobą</a>' in answer.content.decode()
    page = words_of(staff.get(join))
    assert ("A/1 (aktywny)" in page, "B/2 (aktywny)" in page, PESELS[1] in page) == (True, True, False)
    assert fill(staff, join)["Location"] == page_of(examiner)
    assert staff.get(page_of(holder))["Location"] == page_of(examiner)
    assert staff.get(f"{page_of(holder)}popraw-nazwisko/").status_code == 404
    assert send(staff, "/panel/egzaminatorzy/", asked=PESELS[1])["Location"] == page_of(examiner)


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("popraw-pesel", {"pesel": PESELS[1]}),
        ("popraw-identyfikator", {"identifier": "ua-17"}),
        ("dodaj-wpis", {"number": "b / 2", "reference": "W/9", "decided_on": "1.3.2026"}),
        ("popraw", {"number": "b / 2"}),
    ],
)
def test_whoever_is_named_as_holder_is_counted_and_recorded(
    staff: Client, examiner: Examiner, settings: Settings, act: str, typed: dict[str, str]
) -> None:
    scope = str(Scope.objects.get().pk)
    holder = make_examiner(
        pesel=PESELS[1], numbers=(), surname="Nowak", first_names="Ola", identifier="UA-17", identifier_key="ua-17"
    )
    decided_entry(holder, "B/2")
    path = f"/panel/egzaminatorzy/wpisy/{Entry.objects.get(number='A/1').pk}/" if act == "popraw" else page_of(examiner)
    settings.RECORDS_LOOKUPS_BURST = 1
    filled = fields_of(staff.get(f"{path}{act}/")) | {"scope": scope, "reason": WHY} | typed
    assert staff.post(f"{path}{act}/", filled).status_code == 429
    settings.RECORDS_LOOKUPS_BURST = 2
    answer = staff.post(f"{path}{act}/", filled)
    assert "To dane innej osoby w ewidencji: Ola Nowak" in words_of(answer)
    assert Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP, subject=holder.id).count() == 1


@pytest.mark.parametrize(
    ("act", "typed"), [("popraw-pesel", {"pesel": PESELS[1]}), ("popraw-identyfikator", {"identifier": "UA-17"})]
)
def test_a_form_that_would_change_nothing_tells_nobody_who_is_in_the_register(
    staff: Client, examiner: Examiner, act: str, typed: dict[str, str]
) -> None:
    make_examiner(pesel=PESELS[1], numbers=(), surname="Żbik", identifier="UA-17", identifier_key="ua-17")
    path = f"{page_of(examiner)}{act}/"
    opened = fields_of(staff.get(path))
    Examiner.objects.filter(pk=examiner.pk).update(
        identifier="X-1", identifier_key="x-1", **pesel_columns(examiner, PESELS[2])
    )
    answer = send(staff, path, **(opened | typed | {"reason": WHY}))
    assert ("zmienił to ktoś inny" in words_of(answer), "Żbik" in words_of(answer)) == (True, False)


def test_the_other_record_is_found_by_what_it_is_known_by(staff: Client, examiner: Examiner) -> None:
    other = make_examiner(pesel=None, numbers=(), identifier="UA-17", identifier_key="ua-17")
    path = f"{page_of(examiner)}polacz/"
    for asked, told in (("", "Wpisz PESEL"), ("nikt", "Sprawdź"), (PESELS[0], "To jest zapis, który oglądasz")):
        assert told in words_of(send(staff, path, asked=asked))
    assert send(staff, path, asked="UA-17")["Location"] == f"{path}{other.id}/"


def test_a_person_gets_a_pesel_identifier_and_address(staff: Client) -> None:
    other = make_examiner(pesel=None, numbers=(), identifier="UA-17", identifier_key="ua-17", email="stara@example.org")
    assert "Wpisz identyfikator" in words_of(fill(staff, f"{page_of(other)}popraw-identyfikator/", identifier=""))
    fill(staff, f"{page_of(other)}popraw-pesel/", pesel="800716 10614")
    fill(staff, f"{page_of(other)}popraw-identyfikator/", identifier="")
    fill(staff, f"{page_of(other)}popraw-email/", email="nowa@example.org")
    other.refresh_from_db()
    assert (digits_of(other), other.identifier, other.email) == (PESELS[1], "", "nowa@example.org")
    assert "dawniej: stara@example.org" in words_of(staff.get(page_of(other)))


def test_a_postal_address_is_whole_or_none(staff: Client, examiner: Examiner) -> None:
    path = f"{page_of(examiner)}popraw-adres-pocztowy/"
    refused = words_of(fill(staff, path, street="Polna", postal_code="61-80"))
    assert "Wpisz numer domu albo zostaw cały adres pusty" in refused
    assert "Wpisz pięć cyfr kodu pocztowego" in refused
    assert "Wpisz miejscowość albo zostaw cały adres pusty" in refused
    fill(staff, path, **HOME._asdict())
    assert "Adres pocztowy Święty Marcin 4A m. 12, 61-806 Poznań" in words_of(staff.get(page_of(examiner)))
    assert fields_of(staff.get(path))["house_number"] == "4A"
    fill(staff, path, **dict.fromkeys(HOME._asdict(), ""))
    examiner.refresh_from_db()
    assert examiner.postal_address is None


def test_an_entry_is_added_struck_off_taken_back_and_entered_again(staff: Client, examiner: Examiner) -> None:
    scope = Scope.objects.create(code="MFI", name="fizyka")
    added = {"number": "C/3", "scope": str(scope.pk), "reference": "W/3", "decided_on": "1.3.2026"}
    assert fill(staff, f"{page_of(examiner)}dodaj-wpis/", **added)["Location"] == page_of(examiner)
    entry = Entry.objects.get(number="C/3")
    path = f"/panel/egzaminatorzy/wpisy/{entry.id}/"
    ground = "na wniosek egzaminatora"
    early = fill(staff, f"{path}skresl/", reference="S/3", decided_on="1.2.2026", ground=ground)
    assert "powinna być późniejsza niż 2026-03-01" in words_of(early)
    struck = fill(staff, f"{path}skresl/", reference="S/3", decided_on="2026-04-01", ground=ground)
    assert struck["Location"] == page_of(examiner)
    page = words_of(staff.get(page_of(examiner)))
    assert "skreślenie S/3, 2026-04-01 , na wniosek egzaminatora" in page
    assert "Skreśl : C/3" not in page
    fill(staff, f"{path}cofnij-skreslenie/")
    assert "cofnięte" in words_of(staff.get(page_of(examiner)))
    fill(staff, f"{path}skresl/", reference="S/4", decided_on="2026-04-02", ground=ground)
    fill(staff, f"{path}ponowny-wpis/", reference="W/4", decided_on="2026-05-02")
    entry.refresh_from_db()
    assert (entry.state, entry.entered_on) == ("active", datetime.date(2026, 3, 1))
    taken = fill(staff, f"{path}popraw/", number="a/1", scope=str(scope.pk))
    assert "To dane innej osoby w ewidencji: Anna Maria Łukasik" in words_of(taken)
    fill(staff, f"{path}popraw/", number="C/33", scope=str(scope.pk))
    assert "Numer ewidencyjny, dawniej: C/3" in words_of(staff.get(page_of(examiner)))


def test_a_decision_is_corrected_and_one_of_a_file_needs_no_ground(staff: Client, examiner: Examiner) -> None:
    entry = Entry.objects.get()
    Decision.objects.create(entry=entry, kind="strike-off", reference="S/1", decided_on=datetime.date(2020, 1, 1))
    decision = Decision.objects.get(kind="strike-off")
    path = f"/panel/egzaminatorzy/decyzje/{decision.id}/popraw/"
    page = staff.get(path)
    assert fields_of(page)["reference"] == "S/1"
    assert fill(staff, path, reference="S/11", decided_on="2020-01-02", ground="")["Location"] == page_of(examiner)
    decision.refresh_from_db()
    assert (decision.reference, decision.decided_on) == ("S/11", datetime.date(2020, 1, 2))
    assert "Znak decyzji, dawniej: S/1 (do" in words_of(staff.get(page_of(examiner)))
    for bad in ({"reference": "12.12.2019"}, {"decided_on": "2999-01-01"}, {"decided_on": "31.02.2020"}):
        assert fill(staff, path, **bad).status_code == 200


def test_a_transfer_and_a_death_are_written_down_and_taken_back(staff: Client, examiner: Examiner) -> None:
    page = page_of(examiner)
    fill(staff, f"{page}inna-komisja/", board="OKE Kraków", on="1.3.2026")
    assert "przeszedł do innej komisji: OKE Kraków. Data: 2026-03-01" in words_of(staff.get(page))
    fill(staff, f"{page}cofnij-przeniesienie/")
    assert Entry.objects.get().is_active
    unsure = fill(staff, f"{page}zgon/", on="1.3.2026")
    assert "Upewnij się, że to ta osoba" in words_of(unsure)
    assert "A/1 (aktywny)" in words_of(unsure)
    fill(staff, f"{page}zgon/", on="1.3.2026", is_sure="on")
    assert "odnotowano śmierć egzaminatora. Data: 2026-03-01" in words_of(staff.get(page))
    assert "Dodaj wpis" not in words_of(staff.get(page))
    fill(staff, f"{page}cofnij-zgon/")
    assert Examiner.objects.get().deceased_on is None


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.HELP_DESK])
def test_who_does_not_keep_the_register_reads_it(examiner: Examiner, role: Role) -> None:
    reader = browser_of(make_staff(roles=[role]))
    page = words_of(reader.get(page_of(examiner)))
    assert ("A/1" in page, "wpis W/A/1" in page, "Popraw" in page, "Dodaj wpis" in page) == (True, True, False, False)
    assert reader.get(f"{page_of(examiner)}popraw-nazwisko/").status_code == 403


def test_why_it_was_corrected_is_read_by_who_may_see_reasons(examiner: Examiner) -> None:
    correct_names(examiner, "Lis")
    for role, is_told in ((Role.HELP_DESK, False), (Role.INSPECTOR, True), (Role.RECORDS, True)):
        page = words_of(browser_of(make_staff(email=f"{role}@oke.example", roles=[role])).get(page_of(examiner)))
        assert ("dawniej: Łukasik" in page, EDITED_BECAUSE in page) == (True, is_told)


def test_a_former_value_that_was_changed_in_the_database_does_not_hide_the_person(
    staff: Client, examiner: Examiner
) -> None:
    correct_names(examiner, "Lis")
    spoil(FormerValue.objects.get(), "value_encrypted")
    answer = staff.get(page_of(examiner))
    assert (answer.status_code, "dawniej: nie da się go odczytać" in words_of(answer)) == (200, True)


def test_what_is_typed_into_a_form_is_kept_out_of_error_reports(staff: Client, examiner: Examiner) -> None:
    answer = fill(staff, f"{page_of(examiner)}popraw-pesel/", pesel=PESELS[1])
    assert PESELS[1] not in SafeExceptionReporterFilter().get_post_parameters(answer.wsgi_request).values()


def test_nobody_corrects_their_own_record(examiner: Examiner) -> None:
    make_account(examiner, email="jan@oke.example")
    staff = browser_of(make_staff(email="JAN@oke.example"))
    page = words_of(staff.get(page_of(examiner)))
    assert ("To zapis o tobie" in page, "Dodaj wpis" in page) == (True, False)
    assert fill(staff, f"{page_of(examiner)}popraw-nazwisko/", surname="Lis")["Location"] == page_of(examiner)
    fill(
        staff,
        f"/panel/egzaminatorzy/wpisy/{Entry.objects.get().id}/popraw/",
        number="X/1",
        scope=str(Entry.objects.get().scope_id),
    )
    assert (Examiner.objects.get().surname, Entry.objects.get().number) == ("Łukasik", "A/1")


def test_long_after_the_log_in_what_ends_or_opens_something_asks_who_one_is(staff: Client, examiner: Examiner) -> None:
    other = make_examiner(pesel=PESELS[1], numbers=())
    entry, decision = Entry.objects.get(), Decision.objects.get()
    ends = {
        "popraw-pesel",
        "popraw-identyfikator",
        "popraw-email",
        "popraw-adres-pocztowy",
        "inna-komisja",
        "zgon",
        f"polacz/{other.id}",
    }
    asking = [f"{page_of(examiner)}{one}/" for one in ends] + [f"/panel/egzaminatorzy/wpisy/{entry.id}/skresl/"]
    free = [
        *(f"{page_of(examiner)}{one}/" for one in ("popraw-nazwisko", "dodaj-wpis", "notatka")),
        f"/panel/egzaminatorzy/wpisy/{entry.id}/popraw/",
        f"/panel/egzaminatorzy/decyzje/{decision.id}/popraw/",
    ]
    strike = asking[-1]
    sent = fields_of(staff.get(strike)) | {"reason": WHY, "reference": "S/1", "decided_on": "2.03.2026"}
    ground = StrikeOffGround.objects.filter(is_retired=False)[0].text
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        for path in asking:
            assert (path, staff.get(path)["Location"].partition("?")[0]) == (path, "/konto/potwierdzenie/")
        assert {staff.get(path).status_code for path in free} == {200}
        assert send(staff, strike, **sent | {"ground": ground})["Location"].startswith("/konto/potwierdzenie/")
    entry.refresh_from_db()
    assert entry.is_active


def test_a_stolen_session_changes_so_many_records_and_no_more(settings: Settings) -> None:
    settings.RECORDS_LOOKUPS_BURST = 3  # two people, and the list that the token is taken from
    records = browser_of(make_staff(roles=[Role.RECORDS]))
    people = [make_examiner(pesel=pesel, numbers=()) for pesel in PESELS[:4]]
    for one in people[:2]:
        fill(records, f"{page_of(one)}popraw-nazwisko/", surname="Obca")
    sent = fields_of(records.get(f"{page_of(people[0])}popraw-nazwisko/")) | {"surname": "Obca", "reason": WHY}
    for one in people[2:]:
        assert records.get(f"{page_of(one)}popraw-nazwisko/").status_code == 429
        assert records.post(f"{page_of(one)}popraw-nazwisko/", sent).status_code == 429
    assert Examiner.objects.filter(surname="Obca").count() == 2


def test_the_page_asks_no_more_of_the_database_for_more_entries(staff: Client, examiner: Examiner) -> None:
    counts = []
    for number in ("B/2", "C/3", "D/4"):
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(page_of(examiner)).status_code == 200
        counts.append(len(queries))
        decided_entry(examiner, number)
        correct_names(examiner, f"Lis-{number[0]}")
    assert len(set(counts[1:])) == 1


def test_the_extract_has_the_boards_head_and_the_decisions_that_stand(staff: Client, examiner: Examiner) -> None:
    correct_names(examiner, "Lis")
    page = words_of(staff.get(f"{page_of(examiner)}wyciag/"))
    assert "Okręgowa Komisja Egzaminacyjna w Poznaniu ul. Gronowa 22, 61-655 Poznań" in page
    assert ("Anna Maria Lis" in page, "wpis W/A/1, 2019-03-01" in page, PESELS[0] in page) == (True, True, False)
