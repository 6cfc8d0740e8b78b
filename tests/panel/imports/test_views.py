"""The screens of imports: what each state shows, to whom, and what may be done with it."""

import dataclasses
import datetime
import io
import re
from typing import Any, Final

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain.make_export import make_export
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.panel.domain.undo_import import may_import
from egzaminator.register.domain.former_values import keep_former_value
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.write_rows import Changes
from egzaminator.register.enums import ImportState, RegisterField
from egzaminator.register.models import Entry, Examiner, Export, Import, ImportRow
from egzaminator.staff.roles import Role
from egzaminator.stored_files.models import StoredFile
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.panel.imports.sending import LIST, make_officer, sent
from tests.panel.staff_browser import browser_of
from tests.register.decision_list import ROWS, WRONG, corrected, decision_list
from tests.register.files import ANNA, JAN, csv_file, xlsx_file
from tests.register.importing import read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MARRIED: Final = ANNA | {"nazwisko": "Łukasik-Nowak"}


@pytest.fixture
def officer() -> Account:
    return make_officer()


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


def page_of(one: Import) -> str:
    return f"{LIST}{one.pk}/"


def checked(client: Client, *rows: dict[str, str], name: str = "lista.csv") -> Import:
    """Send a file of rows, and have it checked."""
    one = sent(client, csv_file(*rows).getvalue(), name)
    check_import(own_rows=own_rows)
    return one


def do(client: Client, one: Import, action: str, **changes: Any) -> Response:
    page = page_of(one)
    return client.post(f"{page}{action}/", fields_of(client.get(page)) | changes)


def state_of(one: Import) -> str:
    return Import.objects.get(pk=one.pk).state


def test_the_page_of_a_running_job_reloads_itself_and_that_of_no_other(client: Client) -> None:
    one = sent(client, csv_file(ANNA).getvalue())
    page = client.get(page_of(one))
    assert page["Refresh"] == "5"
    assert "Plik czeka na swoją kolej" in words_of(page)
    Import.objects.update(state=ImportState.CHECKING, percent=43, attempts=1)
    page = client.get(page_of(one))
    assert '<progress id="progress" max="100" value="43"' in page.content.decode()
    assert "Możesz zamknąć tę stronę" in words_of(page)
    Import.objects.update(state=ImportState.WAITING, attempts=0)
    check_import(own_rows=own_rows)
    page = client.get(page_of(one))
    assert "Refresh" not in page
    assert "Odśwież" not in words_of(page)


def test_every_state_has_words_of_its_own(client: Client) -> None:
    one = sent(client, csv_file(ANNA).getvalue())
    names = [*(field.name for field in dataclasses.fields(Changes)), *("rows", "new", "changed", "same", "wrong")]
    names.append("new_scopes")
    seen = set()
    for state in ImportState:
        Import.objects.update(state=state, counts=dict.fromkeys(names, 0))
        page = client.get(page_of(one))
        assert page.status_code == 200
        assert str(state.label) in words_of(page)
        seen.add(re.sub(r"\s+", " ", words_of(page)))
        assert client.get(LIST).status_code == 200
    assert len(seen) == len(ImportState)


def test_new_rows_are_shown_and_applied(client: Client, officer: Account) -> None:
    one = checked(client, ANNA, JAN)
    words = words_of(client.get(page_of(one)))
    assert "2 nowe 0 zmienione 0 bez zmian" in words
    assert "Łukasik Anna Maria nowa osoba" in words
    assert not Examiner.objects.exists()
    assert do(client, one, "zastosuj")["Location"] == page_of(one)
    apply_import(may_apply=may_import, own_rows=own_rows)
    assert Entry.objects.count() == 2
    words = words_of(client.get(page_of(one)))
    assert "Zmiany z tego pliku są w ewidencji" in words
    assert "Nowi egzaminatorzy 2" in words
    assert "Wpisy skreślone" not in words  # none was
    assert "2 zakresy czekają na rodzaj egzaminu" in words
    assert Event.objects.get(tag=Tag.REGISTER_IMPORTED).actor == officer.pk


def test_a_change_is_shown_from_and_to(client: Client) -> None:
    read(ANNA)
    one = checked(client, MARRIED)
    page = client.get(f"{page_of(one)}podglad/zmienione/")
    assert "z Łukasik → na Łukasik-Nowak" in words_of(page)
    assert f'href="/panel/egzaminatorzy/{Examiner.objects.get().pk}/"' in page.content.decode()
    assert "Ewidencja zgadza się z tym plikiem" not in words_of(page)


def test_what_changes_nothing_cannot_be_applied(client: Client) -> None:
    read(ANNA)
    one = checked(client, ANNA)
    page = client.get(page_of(one))
    assert "nie ma nic do zastosowania" in words_of(page)
    assert "/zastosuj/" not in page.content.decode()


def test_what_is_ticked_is_counted_and_applied_even_if_the_file_changes_nothing_else(client: Client) -> None:
    read(ANNA)
    anna = Examiner.objects.get()
    correction = f"/panel/egzaminatorzy/{anna.pk}/popraw-nazwisko/"
    client.post(correction, fields_of(client.get(correction)) | {"surname": "Nowak", "reason": "Odpis aktu małżeństwa"})
    one = checked(client, ANNA)
    page = client.get(page_of(one))
    assert "różni się od ewidencji tylko tym, co poprawiono ręcznie" in words_of(page)
    assert "/zastosuj/" not in page.content.decode()
    do(client, one, "wybierz", line="2", shown="2")
    assert "Zastosuj 1 wiersz" in words_of(client.get(page_of(one)))
    do(client, one, "zastosuj")
    apply_import(may_apply=may_import, own_rows=own_rows)
    anna.refresh_from_db()
    assert anna.surname == "Łukasik"


def test_a_button_that_was_pressed_after_the_session_ended_leads_to_a_page(client: Client) -> None:
    one = checked(client, ANNA)
    answer = Client().post(f"{page_of(one)}zastosuj/")
    assert answer["Location"] == f"/konto/logowanie/?next={LIST}"
    assert state_of(one) == ImportState.CHECKED


def test_a_look_at_rows_is_counted_and_recorded_with_who_was_there(client: Client, officer: Account) -> None:
    read(ANNA)
    one = checked(client, MARRIED, JAN)
    client.get(f"{page_of(one)}podglad/zmienione/")
    event = Event.objects.get(tag=Tag.EXAMINERS_LISTED)
    assert event.actor == officer.pk
    assert event.details["examiners"] == [str(Examiner.objects.get().pk)]
    assert event.details["import"] == str(one.pk)
    assert "Łukasik" not in str(event.details)


def test_the_limit_of_lookups_holds_for_the_preview(client: Client, settings: Any) -> None:
    one = checked(client, ANNA)
    settings.RECORDS_LOOKUPS_BURST = 1
    assert client.get(f"{page_of(one)}podglad/nowe/").status_code == 200
    assert client.get(f"{page_of(one)}podglad/zmienione/").status_code == 429


def test_a_preview_costs_as_much_for_many_rows_as_for_one(client: Client) -> None:
    def queries(*rows: dict[str, str]) -> int:
        one = checked(client, *rows)
        client.get(page_of(one))
        with CaptureQueriesContext(connection) as captured:
            client.get(page_of(one))
        return len(captured)

    third = JAN | {"pesel": "02070803628", "nazwisko": "Źrebiec", "numer_ewidencyjny": "MCH/3/2019"}
    assert queries(ANNA) == queries(ANNA, JAN, third)


def test_the_list_costs_as_much_for_many_files_as_for_one(client: Client) -> None:
    checked(client, ANNA)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    checked(client, JAN)
    checked(client, ANNA, JAN)
    with CaptureQueriesContext(connection) as three:
        assert client.get(LIST).content.decode().count("<tr>") == 4
    assert len(three) == len(one)


@pytest.mark.parametrize(
    "part", ["bledne", "nowe", "zmienione", "bez-zmian", "poprawione-recznie", "inne-niz-przedtem"]
)
def test_each_part_has_a_page_and_no_other_has(client: Client, part: str) -> None:
    one = checked(client, ANNA)
    assert client.get(f"{page_of(one)}podglad/{part}/").status_code == 200
    assert client.get(f"{page_of(one)}podglad/{part}/?after=x").status_code == 200
    assert client.get(f"{page_of(one)}podglad/x{part}/").status_code == 404


def test_a_colleague_sees_that_there_is_a_file_and_nothing_of_its_rows(client: Client) -> None:
    one = checked(client, ANNA)
    colleague = browser_of(make_staff(email="iga@oke.example", name="Iga Druga", roles=[Role.RECORDS]))
    for path in (page_of(one), f"{page_of(one)}podglad/nowe/"):
        words = words_of(colleague.get(path, follow=True))
        assert "czeka na osobę, która go przesłała" in words
        assert "Anna" not in words
    token = fields_of(colleague.get(LIST))["csrfmiddlewaretoken"]
    for action in ("zastosuj", "zrezygnuj", "wybierz", "do-poprawy"):
        assert colleague.post(f"{page_of(one)}{action}/", {"csrfmiddlewaretoken": token}).status_code == 404
    assert state_of(one) == ImportState.CHECKED


def test_applying_asks_again_who_one_is(client: Client) -> None:
    one = checked(client, ANNA)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert "Najpierw potwierdź, że to ty" in words_of(client.get(page_of(one)))
        answer = do(client, one, "zastosuj")
        assert "/konto/potwierdz" in answer["Location"]
    assert state_of(one) == ImportState.CHECKED


def test_nothing_is_applied_or_given_up_by_get(client: Client) -> None:
    one = checked(client, ANNA)
    for action in ("zastosuj", "zrezygnuj", "wybierz", "do-poprawy"):
        assert client.get(f"{page_of(one)}{action}/").status_code == 405
    assert state_of(one) == ImportState.CHECKED


@pytest.mark.parametrize("check", ["", "x", "2020-01-01T00:00:00+00:00"])
def test_a_tab_of_before_the_register_moved_applies_nothing(client: Client, check: str) -> None:
    one = checked(client, ANNA)
    do(client, one, "zastosuj", check=check)
    assert state_of(one) == ImportState.CHECKED
    assert "w międzyczasie" in words_of(client.get(page_of(one)))


def test_a_tab_of_before_the_register_moved_chooses_nothing(client: Client) -> None:
    read(ANNA)
    anna = Examiner.objects.get()
    reason = keep_text(text="Po ślubie", subject=anna.pk, by=Actor())
    keep_former_value(examiner=anna, field=RegisterField.SURNAME, value="Łukasik", by=Actor(), reason=reason)
    Examiner.objects.update(surname="Nowak")
    one = checked(client, ANNA, JAN)
    do(client, one, "wybierz", shown="2", line="2", check="2020-01-01T00:00:00+00:00")
    assert not ImportRow.objects.filter(is_ticked=True).exists()
    do(client, one, "wybierz", shown="2", line="2")
    assert ImportRow.objects.filter(is_ticked=True).count() == 1


def test_what_moved_meanwhile_is_shown_first(client: Client) -> None:
    read(ANNA)
    one = checked(client, MARRIED, JAN)
    old = fields_of(client.get(page_of(one)))
    do(client, one, "zastosuj")
    read(ANNA | {"imiona": "Anna Zofia"})
    apply_import(may_apply=may_import, own_rows=own_rows)
    assert state_of(one) == ImportState.CHECKED
    page = client.get(page_of(one))
    assert "Ewidencja zmieniła się, odkąd plik był sprawdzany" in words_of(page)
    assert "1 zmienione w międzyczasie" in words_of(page)
    client.post(f"{page_of(one)}zastosuj/", old)
    assert state_of(one) == ImportState.CHECKED
    do(client, one, "zastosuj")
    apply_import(may_apply=may_import, own_rows=own_rows)
    assert state_of(one) == ImportState.APPLIED


def test_a_file_is_given_up_and_nothing_of_it_stays(client: Client) -> None:
    one = checked(client, ANNA)
    do(client, one, "zrezygnuj")
    assert state_of(one) == ImportState.GIVEN_UP
    assert not ImportRow.objects.exists()
    assert not StoredFile.objects.exists()
    assert "Zrezygnowano z pliku" in words_of(client.get(page_of(one)))
    do(client, one, "zrezygnuj")
    assert client.get(page_of(one)).status_code == 200


def test_the_very_same_file_is_recognised(client: Client) -> None:
    one = checked(client, ANNA)
    do(client, one, "zastosuj")
    apply_import(may_apply=may_import, own_rows=own_rows)
    again = checked(client, ANNA, name="inna nazwa.csv")
    page = client.get(page_of(again))
    assert "Ten sam plik już wczytano do ewidencji" in words_of(page)
    assert "Jan Nowak" in words_of(page)
    assert f'href="{page_of(one)}"' in page.content.decode()


def test_a_refused_file_is_named_with_its_sheet_and_its_cure(client: Client) -> None:
    one = sent(client, xlsx_file(["imiona", "nazwisko"], ["Anna", "Żak"]).getvalue(), "żaki.xlsx")
    check_import(own_rows=own_rows)
    words = words_of(client.get(page_of(one)))
    assert "Tego pliku nie da się odczytać jako pliku ewidencji" in words
    assert "Arkusz „Sheet”: Pierwszy wiersz pliku musi zawierać nazwy kolumn" in words
    assert "żaki.xlsx" in words


def test_a_damaged_report_hides_nothing_else(client: Client) -> None:
    one = sent(client, csv_file(ANNA).getvalue())
    Import.objects.filter(pk=one.pk).update(report_encrypted=b"\x01\x01xyz")
    sent(client, csv_file(JAN).getvalue(), "druga.csv")
    words = words_of(client.get(LIST))
    assert "druga.csv" in words
    assert "nie da się go odczytać" in words


def test_an_import_by_command_is_in_the_list(client: Client) -> None:
    read(ANNA)
    assert "administrator, poleceniem" in words_of(client.get(LIST))


# The file to be corrected


def rows_file(client: Client, one: Import) -> str:
    """Have the file made, and return the address of its page."""
    page = do(client, one, "do-poprawy")["Location"]
    make_export()
    return page


def download(client: Client, page: str) -> bytes:
    response = client.post(f"{page}pobierz/", fields_of(client.get(page)))
    assert response.status_code == 200
    return response.getvalue()


def test_wrong_rows_are_named_downloaded_corrected_and_applied(client: Client, officer: Account) -> None:
    one = sent(client, decision_list(), "decyzje.xlsx")
    check_import(own_rows=own_rows)
    page = client.get(page_of(one))
    assert f"{len(WRONG)} błędne {ROWS - len(WRONG)} nowe" in words_of(page)
    assert "arkusz „Decyzje”" in words_of(page)
    assert "/zastosuj/" not in page.content.decode()
    export = rows_file(client, one)
    assert "plik ewidencji do poprawy" in words_of(client.get(export))
    file = Export.objects.get().file
    assert file is not None
    assert (file.owner, file.name) == (officer.pk, f"do-poprawy-{timezone.localdate()}.xlsx")
    content = corrected(download(client, export))
    assert [event.details["rows"] for event in Event.objects.filter(tag=Tag.EXPORT_ASKED)] == [ROWS]
    assert Event.objects.filter(tag=Tag.EXPORT_DOWNLOADED, actor=officer.pk).count() == 1

    again = sent(client, content, "poprawione.xlsx")
    check_import(own_rows=own_rows)
    words = words_of(client.get(page_of(again)))
    assert f"{ROWS} nowe" in words
    assert "Pominięte kolumny błędy, wiersz, Uwagi" in words
    do(client, again, "zastosuj")
    apply_import(may_apply=may_import, own_rows=own_rows)
    assert Entry.objects.count() == ROWS


def test_a_file_that_was_downloaded_before_gets_no_more_columns(client: Client) -> None:
    one = sent(client, decision_list(), "decyzje.xlsx")
    check_import(own_rows=own_rows)
    first = download(client, rows_file(client, one))
    again = sent(client, first, "bez zmian.xlsx")
    check_import(own_rows=own_rows)
    assert Import.objects.get(pk=again.pk).counts["wrong"] == len(WRONG)
    second = download(client, rows_file(client, again))
    heads = [[cell.value for cell in sheet_of(content)[1]] for content in (first, second)]
    assert heads[0] == heads[1]


def sheet_of(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content)).worksheets[0]


def test_two_clicks_make_one_file(client: Client) -> None:
    one = checked(client, ANNA | {"pesel": "1"})
    assert do(client, one, "do-poprawy")["Location"] == do(client, one, "do-poprawy")["Location"]
    assert Export.objects.count() == 1


def test_the_file_needs_the_permission_for_pesels_and_a_fresh_proof(client: Client, officer: Account) -> None:
    one = checked(client, ANNA | {"pesel": "1"})
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert "/konto/potwierdz" in do(client, one, "do-poprawy")["Location"]
    assert not Export.objects.exists()


def test_of_a_given_up_file_none_is_made(client: Client) -> None:
    one = checked(client, ANNA | {"pesel": "1"})
    sent_fields = fields_of(client.get(page_of(one)))
    page = client.post(f"{page_of(one)}do-poprawy/", sent_fields)["Location"]
    do(client, one, "zrezygnuj")
    make_export()
    assert "Nie udało się przygotować pliku" in words_of(client.get(page))
    assert client.post(f"{page_of(one)}do-poprawy/", sent_fields)["Location"] == page_of(one)
