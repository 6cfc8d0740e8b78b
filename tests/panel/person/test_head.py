import datetime
import re

import pytest
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Examiner
from tests.helpers.factories import add_entry, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def states(examiner: Examiner) -> list[str]:
    member = Account.objects.filter(examiner=None).first() or make_staff()
    html = browser_of(member).get(f"/panel/egzaminatorzy/{examiner.id}/").content.decode()
    return re.findall(r'<li class="tag[^"]*">([^<]+)</li>', html)


def test_who_has_an_entry_and_no_account() -> None:
    assert states(make_examiner()) == ["Wpis: aktywny", "Konto: bez konta", "E-mail: brak"]


def test_the_e_mail_address_of_the_register_is_not_confirmed() -> None:
    assert states(make_examiner(email="a@example.org"))[2] == "E-mail: niepotwierdzony"


def test_a_saved_form_waits() -> None:
    examiner = make_examiner()
    make_claim(examiner)
    assert states(examiner)[1:] == ["Konto: czeka na aktywację", "E-mail: niepotwierdzony"]


def test_an_account() -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    assert states(examiner)[1:] == ["Konto: aktywne", "E-mail: potwierdzony"]
    freeze(account)
    assert states(Examiner.objects.get())[1] == "Konto: zablokowane"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ((), "Wpis: brak"),
        ((EntryState.STRUCK_OFF,), "Wpis: skreślony"),
        ((EntryState.STRUCK_OFF, EntryState.ACTIVE), "Wpis: aktywny"),
    ],
)
def test_one_active_entry_makes_an_examiner(entries: tuple[EntryState, ...], said: str) -> None:
    examiner = make_examiner(numbers=())
    for number, state in enumerate(entries):
        add_entry(examiner, f"A/{number}", state)
    assert states(examiner)[0] == said


def test_a_death() -> None:
    examiner = make_examiner()
    Examiner.objects.update(deceased_on=datetime.date(2026, 3, 1), deceased_marked_at=timezone.now())
    assert states(examiner)[3] == "Śmierć: 2026-03-01"


def test_the_page_leads_to_each_of_its_sections() -> None:
    examiner = make_examiner()
    answer = browser_of(make_staff()).get(f"/panel/egzaminatorzy/{examiner.id}/")
    html = answer.content.decode()
    navigation = html.partition('aria-label="Na tej stronie"')[2].partition("</nav>")[0]
    slugs = re.findall(r'href="#([a-z]+)"', navigation)
    assert slugs == re.findall(r'<h2 id="([a-z]+)"', html.partition('id="session-timeout"')[0])
    assert slugs[0] == "register"
    assert "Historia" in words_of(answer)
