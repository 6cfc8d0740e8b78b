import re
import uuid

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.models import Account
from egzaminator.panel.domain import lists
from egzaminator.panel.domain.lists import list_blocked
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, frozen, make_account, make_examiner, make_staff
from tests.helpers.html import words_of

pytestmark = pytest.mark.django_db
PATH = "/panel/do-sprawdzenia/"
SURNAMES = ("Żak", "Łukasik", "Lis", "Lis", "Ćwik")


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> list[Examiner]:
    """Five blocked examiners in the register's order, two of them of the same name. Pages hold two."""
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    examiners = [
        make_examiner(pesel=pesel, numbers=(f"A-{pesel}",), surname=surname)
        for pesel, surname in zip(PESELS, SURNAMES, strict=True)
    ]
    for examiner in examiners:
        make_account(examiner)
    Account.objects.update(**frozen())
    return sorted(examiners, key=lambda examiner: (examiner.sort_key, examiner.id.int))


def test_pages_hold_each_examiner_once_also_those_of_one_name(blocked: list[Examiner]) -> None:
    pages = [list_blocked()]
    while pages[-1].next:
        pages.append(list_blocked(after=pages[-1].next))
    assert [page.rows for page in pages] == [blocked[:2], blocked[2:4], blocked[4:]]
    assert [examiner.surname for examiner in blocked] == ["Ćwik", "Lis", "Lis", "Łukasik", "Żak"]


def test_neither_active_accounts_nor_staff_are_listed() -> None:
    make_account(make_examiner())
    make_staff()
    Account.objects.filter(examiner=None).update(**frozen())
    assert list_blocked().rows == []


def test_an_unknown_cursor_is_the_beginning(blocked: list[Examiner]) -> None:
    assert list_blocked(after=uuid.uuid4()).rows == blocked[:2]


def test_the_pages_lead_to_each_other(blocked: list[Examiner], browser: Client) -> None:
    make_staff(roles=[Role.HELP_DESK])
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    first = browser.get(PATH).content.decode()
    (following,) = re.findall(r'href="(\?after=[^"]+)"', first)
    assert following == f"?after={blocked[1].id}"
    assert "Wróć do pierwszych kont" not in first
    second = words_of(browser.get(PATH + following))
    assert "Anna Maria Lis Anna Maria Łukasik Następne konta Wróć do pierwszych kont" in second
    last = words_of(browser.get(f"{PATH}?after={blocked[3].id}"))
    assert "Anna Maria Żak Wróć do pierwszych kont" in last
    assert words_of(browser.get(f"{PATH}?after=nonsense")).count("Anna Maria") == 2


def test_the_number_of_queries_does_not_grow(
    blocked: list[Examiner], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        list_blocked()
    with django_assert_num_queries(2):
        list_blocked(after=blocked[0].id)
