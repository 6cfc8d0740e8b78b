"""Every form of the panel with input that no browser sends: it is refused in words, and never by a crash."""

import re
from typing import Final
from urllib.parse import urlencode

import pytest
from django.test import Client

from egzaminator.accounts.models import Account
from egzaminator.register.domain.selections import select
from egzaminator.register.terms import Terms
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_staff
from tests.helpers.html import Response
from tests.helpers.routes import sample_of
from tests.panel import test_permissions
from tests.panel.test_permissions import OURS, People

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
_FORM: Final = "application/x-www-form-urlencoded"
_NAME: Final = re.compile(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"')
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')
# The last ones are no UTF-8: half a surrogate pair, and an overlong byte.
HOSTILE: Final = (
    b"a\0b", b"x" * 10_000, b"9" * 40, b"-1", b"0001-01-01", b"9999-12-31", "\u202e<b>ł</b>{{ 7 }}".encode(),
    "\u0301".encode() * 500, b"[1, 2]", b"00000000-0000-0000-0000-000000000000", b"\xed\xa0\x80", b"\xc0\x80",
)  # fmt: skip
# 400: what is no text at all, or too much, is refused before any view.
ANSWERS: Final = frozenset({200, 302, 400, 404, 405, 429})

people = test_permissions.people  # the fixture: what the URLs are about


@pytest.fixture
def member() -> Account:
    return make_staff(email="ktos@oke.example", roles=list(Role))


@pytest.fixture
def staff(member: Account) -> Client:
    """Return a browser that has logged in, and so need not confirm who it is."""
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": member.email, "secret": PASSWORD})
    return browser


@pytest.fixture
def paths(people: People, member: Account) -> list[str]:
    selection = select(terms=Terms(), maker=member.pk)
    ids = people.ids(of_staff=False) | {"selection_id": selection.pk}
    return [sample_of(route, **ids) for route in OURS.values()]


def sent(client: Client, path: str, fields: list[tuple[str, bytes]]) -> Response:
    return client.post(path, urlencode(fields), content_type=_FORM)


def test_forms(staff: Client, paths: list[str]) -> None:
    tried = 0
    for path in paths:
        page = staff.get(path)
        if page.status_code != 200 or staff.post(path).status_code == 405:
            continue
        html = page.content.decode()
        hidden = {name: value.encode() for name, value in _HIDDEN.findall(html)}
        names = set(_NAME.findall(html)) - {"csrfmiddlewaretoken"}
        for bad in HOSTILE:
            typed = [(name, bad) for name in sorted(names - hidden.keys())]
            reason = [("reason", b"Rozmowa")]
            for fields in (
                [*hidden.items(), *typed],
                [*hidden.items(), *typed, *reason],
                [(name, bad) for name in sorted(names)],
                [*typed, *typed, *((f"{name}[]", bad) for name in names)],
            ):
                assert sent(staff, path, fields).status_code in ANSWERS, (path, bad)
                tried += 1
    assert tried >= 1400


def test_addresses(staff: Client, paths: list[str]) -> None:
    for path in paths:
        for bad in HOSTILE:
            query = urlencode(dict.fromkeys(("after", "kind", "what", "person", "since", "until", "all"), bad))
            assert staff.get(f"{path}?{query}").status_code in ANSWERS, (path, bad)
    for route in OURS.values():
        if "<int:" in route:
            path = re.sub(r"<int:\w+>", "9" * 40, route)
            assert staff.get(f"/{path}").status_code in {404, 405}, path  # 405: a button's
            assert staff.post(f"/{path}").status_code == 404, path
