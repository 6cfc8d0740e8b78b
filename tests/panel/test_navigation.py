import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.panel.navigation import NAVIGATION, links_for
from egzaminator.staff.models import Act
from tests.helpers.factories import make_account, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.helpers.routes import routes
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_NAV = re.compile(r'<nav class="panel-nav" aria-label="Panel">.*?</nav>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]+)"(?: aria-current="(\w+)")?>\s*([^<]+?)\s*<')
FOR_ALL = [("/panel/", "Pulpit")]
EXAMINERS, CASES = ("/panel/egzaminatorzy/", "Egzaminatorzy"), ("/panel/sprawy/", "Kody spraw")
REVIEW = ("/panel/do-sprawdzenia/", "Do sprawdzenia")
SCOPES = ("/panel/zakresy/", "Zakresy")
PROTECTION = ("/panel/ochrona-danych/", "Ochrona danych")
JOURNAL, STAFF = ("/panel/dziennik/", "Dziennik"), ("/panel/pracownicy/", "Pracownicy")
PAGES, SETTINGS = ("/panel/strony/", "Strony"), ("/panel/ustawienia/", "Ustawienia")
EDITOR = ["wagtailadmin.access_admin"]
HELP, OWN = ("/panel/pomoc/", "Pomoc"), ("/panel/moje-konto/", "Moje ustawienia")


def member_with(*permissions: str) -> Account:
    """Return a staff member with these permissions alone."""
    account = make_staff(roles=[])
    for name in permissions:
        label, codename = name.split(".")
        account.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    return account


def navigation(client: Client, path: str = "/panel/") -> str:
    """Return the only navigation of the panel on a page."""
    (found,) = _NAV.findall(client.get(path).content.decode())
    return str(found)


def entries(client: Client) -> list[tuple[str, str]]:
    return [(url, label) for url, _, label in _LINK.findall(navigation(client))]


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ((), [*FOR_ALL, HELP, OWN]),
        (("register.view_examiner",), [*FOR_ALL, EXAMINERS, HELP, OWN]),
        (("staff.view_act",), [*FOR_ALL, REVIEW, HELP, OWN]),
        (("staff.look_up_case",), [*FOR_ALL, CASES, HELP, OWN]),
        (("register.change_scope",), [*FOR_ALL, SCOPES, HELP, OWN]),
        (("audit.view_event",), [*FOR_ALL, JOURNAL, HELP, OWN]),
        (("audit.view_protection",), [*FOR_ALL, PROTECTION, HELP, OWN]),
        (("staff.manage_staff",), [*FOR_ALL, STAFF, HELP, OWN]),
        (("wagtailcore.change_page", *EDITOR), [*FOR_ALL, PAGES, HELP, OWN]),
        (("cms.change_contact",), [*FOR_ALL, SETTINGS, HELP, OWN]),
        (("cms.change_boardsettings",), [*FOR_ALL, SETTINGS, HELP, OWN]),
        (
            ("wagtailcore.change_page", "wagtailadmin.access_admin", "cms.change_contact"),
            [*FOR_ALL, PAGES, SETTINGS, HELP, OWN],
        ),
    ],
)
def test_leads_exactly_where_the_permissions_do(permissions: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    client = browser_of(member_with(*permissions))
    assert entries(client) == expected
    # What is left out is closed, and what is shown opens.
    for entry in NAVIGATION:
        is_open = client.get(entry.url, follow=True).status_code == 200
        assert (entry.url, is_open) == (entry.url, entry.url in dict(expected))


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/panel/", [("/panel/", "page")]),
        ("/panel/sprawy/", [("/panel/sprawy/", "page")]),
        ("/panel/egzaminatorzy/", [("/panel/egzaminatorzy/", "page")]),
        ("/panel/ustawienia/kontakt/", [("/panel/ustawienia/", "true")]),
        ("/panel/zakresy/podstawy-skreslenia/", [("/panel/zakresy/", "true")]),
        ("/panel/pomoc/redakcja/", [("/panel/pomoc/", "true")]),
        ("/panel/moje-konto/", [("/panel/moje-konto/", "page")]),
    ],
)
def test_says_where_one_is(path: str, current: list[tuple[str, str]]) -> None:
    found = _LINK.findall(navigation(browser_of(make_staff()), path))
    assert [(url, value) for url, value, _ in found if value] == current


def test_a_person_belongs_to_the_examiners() -> None:
    path = reverse("examiner", args=[make_examiner().id])
    found = _LINK.findall(navigation(browser_of(make_staff()), path))
    assert [(url, value) for url, value, _ in found if value] == [("/panel/egzaminatorzy/", "true")]


def test_the_number_of_what_waits_is_said_in_words_too() -> None:
    client = browser_of(make_staff())
    assert "pill" not in navigation(client)
    Act.objects.create(kind=ActKind.GIVE_BACK, account=make_account(make_examiner()))
    assert re.search(
        r'Do sprawdzenia <span class="pill">1<span class="visually-hidden"> czeka na sprawdzenie</span></span>',
        navigation(client),
    )


def screens() -> list[str]:
    """Return the panel's own screens without parameters."""
    own = [route for route, _ in routes() if route.startswith("panel/") and not route.startswith("panel/strony/")]
    return [f"/{route}" for route in own if "<" not in route and not route.endswith(("/eksport/", "/plik/"))]


def test_every_screen_stands_in_the_frame() -> None:
    member = make_staff()
    client = browser_of(member)
    person = reverse("examiner", args=[make_examiner().id])
    colleague = make_staff(email="ewa@oke.example", name="Ewa Druga")
    found = [*screens(), person, reverse("member", args=[colleague.pk])]
    assert len(found) == 29
    for path in found:
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        html = answer.content.decode()
        assert len(_NAV.findall(html)) == 1
        assert html.count("<h1>") == 1
        assert "Menu panelu" in words_of(answer)
        assert "Jan Nowak" in words_of(answer)
        before_notice = html[: html.index('id="session-timeout"')]
        assert before_notice.count('class="button"') <= 1  # one thing is the first to do
        assert [name in html for name in ("site-menu", "site-footer", "breadcrumbs")] == [False] * 3


def test_the_frame_takes_three_queries(rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """It reads: the links in three queries: two of Django's for the permissions, and the count."""
    request = rf.get("/panel/")
    request.user = Account.objects.get(pk=member_with("staff.view_act").pk)
    with django_assert_num_queries(3):
        links_for(request)
