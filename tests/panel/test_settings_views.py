import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.audit.actor import SYSTEM
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.members import change_roles
from egzaminator.staff.models import ALONE_AFTER, AloneChange
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/panel/ustawienia/dyzur/"


@pytest.fixture
def boss() -> Client:
    return browser_of(make_staff(roles=[Role.ADMINISTRATOR]))


def choose(client: Client, answer: str) -> Response:
    return client.post(PATH, fields_of(client.get(PATH)) | {"is_allowed": answer}, follow=True)


def test_an_administrator_asks_for_the_change_and_cancels_it(boss: Client) -> None:
    assert f'href="{PATH}"' in boss.get("/panel/ustawienia/").content.decode()
    assert "Zmiana czeka" not in words_of(boss.get(PATH))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        words = words_of(choose(boss, "yes"))
        assert "Zmiana zacznie obowiązywać za 48 godzin" in words
        when = timezone.localtime(timezone.now() + ALONE_AFTER)
        assert f"Od {when:%Y-%m-%d %H:%M} jedna osoba może działać sama." in words
        clock.shift(datetime.timedelta(minutes=1))
        assert "Nic się nie zmieniło" in words_of(choose(boss, "yes"))
        words = words_of(choose(boss, "no"))
        assert "Zmiana jest anulowana" in words
        assert "Zmiana czeka" not in words
    assert AloneChange.objects.filter(cancelled_at=None).count() == 0


def test_without_an_answer_it_says_so(boss: Client) -> None:
    answer = choose(boss, "maybe")
    assert "Wybierz jedną z odpowiedzi" in words_of(answer)
    assert AloneChange.objects.count() == 0


def test_first_the_administrator_confirms_who_they_are(boss: Client) -> None:
    fields = fields_of(boss.get(PATH)) | {"is_allowed": "yes"}
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        for answer in (boss.get(PATH), boss.post(PATH, fields)):
            assert answer["Location"].startswith("/konto/potwierdzenie/")
    assert AloneChange.objects.count() == 0


def test_a_form_sent_after_the_role_was_taken_away_changes_nothing() -> None:
    member = make_staff(roles=[Role.ADMINISTRATOR])
    make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR])
    client = browser_of(member)
    fields = fields_of(client.get(PATH)) | {"is_allowed": "yes"}
    change_roles(member=member, roles=[Role.EDITOR], by=SYSTEM)
    assert client.post(PATH, fields).status_code == 403
    assert AloneChange.objects.count() == 0
    assert not Email.objects.filter(kind=EmailKind.ALONE_CHANGED).exists()
