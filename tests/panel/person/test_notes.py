import re

import pytest
from django.test import Client

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.data_export.domain.export import disclose
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.helpers.staff_texts import reason_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TEXT = "Prosi o kontakt po 16.00"


@pytest.fixture
def examiner() -> Examiner:
    return make_examiner()


@pytest.fixture
def author() -> Client:
    return browser_of(make_staff(email="autor@oke.example", name="Ola Pomocna", roles=[Role.HELP_DESK]))


def page_of(examiner: Examiner) -> str:
    return f"/panel/egzaminatorzy/{examiner.id}/"


def write(client: Client, examiner: Examiner, text: str = TEXT) -> StaffText:
    assert send(client, f"{page_of(examiner)}notatka/", note=text)["Location"] == page_of(examiner)
    return StaffText.objects.latest("created_at")


def removal_of(note: StaffText) -> str:
    return f"/panel/egzaminatorzy/notatki/{note.pk}/usun/"


def test_is_read_by_colleagues_and_by_the_person(author: Client, examiner: Examiner) -> None:
    account = make_account(examiner)
    assert "Ta osoba może to przeczytać." in words_of(author.get(f"{page_of(examiner)}notatka/"))

    write(author, examiner)

    for role in (Role.HELP_DESK, Role.RECORDS, Role.INSPECTOR):
        words = words_of(browser_of(make_staff(email=f"{role}@oke.example", roles=[role])).get(page_of(examiner)))
        assert f"{TEXT} Ola Pomocna" in words
    event = Event.objects.get(tag=Tag.NOTE_ADDED)
    assert (event.subject, reason_of(event), event.details) == (examiner.id, TEXT, {})
    history = words_of(browser_of(make_staff()).get(f"{page_of(examiner)}historia/"))
    assert f"Pracownik komisji dodał notatkę Ola Pomocna {TEXT}" in history
    texts = disclose(account=account, examiner=examiner)["staff_texts"]
    assert [(text["text"], sorted(text)) for text in texts] == [(TEXT, ["created_at", "text"])]
    assert TEXT.encode() not in bytes(StaffText.objects.get().text_encrypted)


@pytest.mark.parametrize("text", ["", "krok", f"ma {PESELS[1]}", "x" * 501])
def test_what_is_no_note_is_refused_and_stays_typed(text: str, author: Client, examiner: Examiner) -> None:
    answer = send(author, f"{page_of(examiner)}notatka/", note=text)

    assert 'id="id_note_error"' in answer.content.decode()
    assert text in answer.content.decode()
    assert not StaffText.objects.exists()


def test_its_author_removes_it_for_a_reason(author: Client, examiner: Examiner) -> None:
    note = write(author, examiner)
    assert removal_of(note) in author.get(page_of(examiner)).content.decode()
    assert 'id="id_reason_error"' in send(author, removal_of(note), reason="").content.decode()

    assert send(author, removal_of(note), reason="Pomyłka osoby")["Location"] == page_of(examiner)

    assert TEXT not in words_of(author.get(page_of(examiner)))
    assert not StaffText.objects.filter(pk=note.pk).exists()
    assert reason_of(Event.objects.get(tag=Tag.NOTE_REMOVED)) == "Pomyłka osoby"
    assert Event.objects.filter(tag=Tag.NOTE_ADDED).count() == 1
    assert send(author, removal_of(note), reason="Jeszcze raz").status_code == 404


def test_nobody_but_records_removes_a_colleagues(author: Client, examiner: Examiner) -> None:
    note = write(author, examiner)
    for role in (Role.HELP_DESK, Role.INSPECTOR):
        other = browser_of(make_staff(email=f"{role}@oke.example", roles=[role]))
        assert removal_of(note) not in other.get(page_of(examiner)).content.decode()
        assert other.get(removal_of(note)).status_code == 403
        assert send(other, removal_of(note), reason="Bo tak chcę").status_code == 403
    assert StaffText.objects.filter(pk=note.pk).exists()
    records = browser_of(make_staff(email="ewidencja@oke.example", roles=[Role.RECORDS]))
    assert send(records, removal_of(note), reason="Nie na temat").status_code == 302
    assert not StaffText.objects.filter(pk=note.pk).exists()


def test_the_reason_of_an_action_is_no_note_and_cannot_be_removed(examiner: Examiner) -> None:
    staff = browser_of(make_staff())
    send(staff, f"{page_of(examiner)}pesel/", reason="Porównanie z decyzją")
    reason = StaffText.objects.get()

    assert send(staff, removal_of(reason), reason="Niewygodne").status_code == 404
    notes = re.search(r'<h2 id="notes">.*?</section>', staff.get(page_of(examiner)).content.decode(), re.DOTALL)
    assert notes
    assert "Porównanie" not in notes[0]
    assert StaffText.objects.filter(pk=reason.pk).exists()


@pytest.mark.parametrize("has_account", [True, False])
def test_nobody_writes_about_themselves(author: Client, *, has_account: bool) -> None:
    own = make_examiner(email="" if has_account else "autor@oke.example")
    if has_account:
        make_account(own, email="autor@oke.example")

    send(author, f"{page_of(own)}notatka/", note=TEXT)

    assert not StaffText.objects.exists()
    assert "To twoje własne dane." in words_of(author.get(page_of(own)))
