import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.helpers.staff_texts import reason_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def examiner() -> Examiner:
    return make_examiner()


def path_of(examiner: Examiner) -> str:
    return f"/panel/egzaminatorzy/{examiner.id}/pesel/"


@pytest.mark.parametrize("role", [Role.RECORDS, Role.INSPECTOR])
def test_is_shown_once_for_a_reason(role: Role, examiner: Examiner) -> None:
    member = make_staff(roles=[role])
    staff = browser_of(member)
    page = f"/panel/egzaminatorzy/{examiner.id}/"
    assert PESELS[0] not in staff.get(page).content.decode()
    assert f'href="{path_of(examiner)}"' in staff.get(page).content.decode()
    assert PESELS[0] not in staff.get(path_of(examiner)).content.decode()

    shown = send(staff, path_of(examiner), reason="Porównanie z decyzją")

    assert (shown.status_code, shown["Cache-Control"]) == (200, "no-store")
    assert PESELS[0] in shown.content.decode()
    assert PESELS[0] not in staff.get(path_of(examiner)).content.decode()
    event = Event.objects.get(tag=Tag.PESEL_SHOWN)
    assert (event.actor, event.subject, event.details) == (member.id, examiner.id, {"roles": [role.value]})
    assert reason_of(event) == "Porównanie z decyzją"


def test_long_after_the_log_in_who_one_is_comes_first(examiner: Examiner) -> None:
    staff = browser_of(make_staff(roles=[Role.RECORDS]))
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert staff.get(path_of(examiner))["Location"].startswith("/konto/potwierdzenie/")
        answer = send(staff, path_of(examiner), reason="Porównanie z decyzją")
        assert answer["Location"].startswith("/konto/potwierdzenie/")
    assert not Event.objects.filter(tag=Tag.PESEL_SHOWN).exists()


@pytest.mark.parametrize("reason", ["", "x", f"ma {PESELS[1]} w aktach"])
def test_without_a_fit_reason_nothing_is_shown(reason: str, examiner: Examiner) -> None:
    answer = send(browser_of(make_staff()), path_of(examiner), reason=reason)

    assert PESELS[0] not in answer.content.decode()
    assert 'id="id_reason_error"' in answer.content.decode()
    assert not Event.objects.filter(tag=Tag.PESEL_SHOWN).exists()


def test_the_help_desk_is_not_offered_it_and_cannot_have_it(examiner: Examiner) -> None:
    helper = browser_of(make_staff(roles=[Role.HELP_DESK]))

    assert "Pokaż PESEL" not in words_of(helper.get(f"/panel/egzaminatorzy/{examiner.id}/"))
    assert helper.get(path_of(examiner)).status_code == 403
    assert send(helper, path_of(examiner), reason="Rozmowa telefoniczna").status_code == 403


def test_who_has_none_has_nothing_to_show() -> None:
    examiner = make_examiner(pesel=None, identifier="OKE-7", identifier_key="oke-7")
    staff = browser_of(make_staff())

    words = words_of(staff.get(f"/panel/egzaminatorzy/{examiner.id}/"))
    assert ("OKE-7" in words, "Pokaż PESEL" in words) == (True, False)
    assert staff.get(path_of(examiner))["Location"] == f"/panel/egzaminatorzy/{examiner.id}/"


def test_the_owner_reads_it_in_both_lists_with_the_role_and_without_the_name(examiner: Examiner) -> None:
    make_account(examiner)
    send(browser_of(make_staff(roles=[Role.INSPECTOR])), path_of(examiner), reason="Porównanie z decyzją")
    owner = Client(headers={"Sec-Fetch-Site": "same-origin"})
    owner.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})

    history, looks = words_of(owner.get("/konto/historia/")), words_of(owner.get("/konto/historia/kto-ogladal/"))

    assert "Komisja wyświetliła twój pełny numer PESEL: Inspektor" in history
    assert "Pracownik wyświetlił pełny numer PESEL" in looks
    assert ("Jan Nowak" in history, "Jan Nowak" in looks) == (False, False)
