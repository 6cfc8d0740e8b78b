"""The undoing of an import in the browser: whom it leaves is named before and after, and what it did is told."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain.undo_import import undo_import
from egzaminator.panel.imports import undo
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Import
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_account, make_staff
from tests.helpers.html import fields_of, words_of
from tests.panel.imported import applied
from tests.panel.imports.sending import make_officer
from tests.panel.staff_browser import browser_of
from tests.register.files import ANNA, JAN
from tests.register.rows import found

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "To lista z innej komisji"


@pytest.fixture
def officer() -> Account:
    return make_officer()


@pytest.fixture
def one(officer: Account) -> Import:
    """An import of two people, one of whom has an account since."""
    one = applied(ANNA, JAN, by=officer)
    make_account(found(ANNA["pesel"]))
    return one


def page_of(one: Import) -> str:
    return f"/panel/import/{one.pk}/"


def test_it_is_undone_with_one_person_in_the_way(officer: Account, one: Import) -> None:
    client = browser_of(officer)
    page = client.get(page_of(one))
    assert "To nie ten plik?" in words_of(page)
    assert f'href="{page_of(one)}cofnij/"' in page.content.decode()
    asked = client.get(f"{page_of(one)}cofnij/")
    assert "Łukasik Anna Maria ma od tego czasu konto" in words_of(asked)
    assert "Żak" not in words_of(asked)
    answer = client.post(f"{page_of(one)}cofnij/", fields_of(asked) | {"reason": REASON})
    assert answer["Location"] == page_of(one)
    running = client.get(page_of(one))
    assert running["Refresh"] == "5"
    assert "czeka na cofnięcie" in words_of(running)
    undo_import()
    words = words_of(client.get(page_of(one)))
    for said in ("Import jest cofnięty", "Osoby usunięte z ewidencji 1", "Osoby pozostawione bez zmian 1", REASON):
        assert said in words
    assert officer.display_name in words
    assert "To nie ten plik?" not in words
    assert "Ewidencja jest zgodna" not in words
    left = words_of(client.get(f"{page_of(one)}pozostali/"))
    assert "Łukasik Anna Maria ma od tego czasu konto" in left
    assert "Żak" not in left


def test_each_page_of_people_is_a_look_and_recorded(officer: Account, one: Import) -> None:
    client = browser_of(officer)
    client.get(f"{page_of(one)}pozostali/")
    client.get(f"{page_of(one)}cofnij/")
    looks = Event.objects.filter(tag=Tag.EXAMINERS_LISTED, actor=officer.pk)
    anna = str(found(ANNA["pesel"]).pk)
    assert [(look.details["import"], look.details["examiners"]) for look in looks] == [(str(one.pk), [anna])] * 2


def test_a_reason_is_asked_for_and_a_pesel_in_it_refused(officer: Account, one: Import) -> None:
    client = browser_of(officer)
    path = f"{page_of(one)}cofnij/"
    fields = fields_of(client.get(path))
    assert "Wpisz powód" in words_of(client.post(path, fields | {"reason": ""}))
    refused = client.post(path, fields | {"reason": f"Zły numer {JAN['pesel']}"})
    assert refused.status_code == 200
    assert JAN["pesel"] in fields_of(refused)["reason"]
    one.refresh_from_db()
    assert one.state == ImportState.APPLIED


def test_in_two_tabs_the_second_is_told(officer: Account, one: Import) -> None:
    client = browser_of(officer)
    path = f"{page_of(one)}cofnij/"
    fields = fields_of(client.get(path)) | {"reason": REASON}
    client.post(path, fields)
    assert client.post(path, fields)["Location"] == page_of(one)
    assert "coś się w międzyczasie zmieniło" in words_of(client.get(page_of(one)))
    assert client.get(path)["Location"] == page_of(one)
    assert client.get(f"{page_of(one)}pozostali/")["Location"] == page_of(one)
    assert Event.objects.filter(tag=Tag.IMPORT_UNDO_ASKED).count() == 1


def test_after_its_time_it_is_not_offered(officer: Account, one: Import) -> None:
    with time_machine.travel("2030-01-01", tick=False):
        client = browser_of(officer)
        assert "To nie ten plik?" not in words_of(client.get(page_of(one)))
        assert client.get(f"{page_of(one)}cofnij/")["Location"] == page_of(one)


def test_one_that_stopped_half_way_is_offered_again(officer: Account, one: Import) -> None:
    Import.objects.filter(pk=one.pk).update(state=ImportState.FAILED)
    words = words_of(browser_of(officer).get(page_of(one)))
    assert "Cofanie zatrzymało się przed końcem" in words
    assert "To nie ten plik?" in words
    assert "Nic z niego" not in words


def test_nobody_without_the_permission_finds_it(one: Import) -> None:
    for role in set(Role) - {Role.RECORDS}:
        client = browser_of(make_staff(email=f"{role}@oke.example", roles=[role]))
        for path in ("", "cofnij/", "pozostali/"):
            assert client.get(f"{page_of(one)}{path}").status_code == 403


def test_its_queries_do_not_grow_with_the_people(
    officer: Account, one: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(officer)

    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    paths = [f"{page_of(one)}cofnij/", f"{page_of(one)}pozostali/"]
    before = [queries(path) for path in paths]
    make_account(found(JAN["pesel"]), email="jan@example.org")
    assert [queries(path) for path in paths] == before
    monkeypatch.setattr(undo, "_PAGE_SIZE", 1)
    page = client.get(paths[1])
    following = re.search(r'href="(\?after=[^"]+)"', page.content.decode())
    assert following is not None
    assert "Żak" in words_of(client.get(paths[1] + following[1]))
