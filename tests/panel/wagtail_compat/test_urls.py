import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from wagtail.models import Page

from egzaminator.panel.wagtail_compat.urls import ALLOWED, name_patterns, not_here
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# A sample for each path converter.
_SAMPLES = {"int": "1", "str": "a", "slug": "a", "uuid": "00000000-0000-4000-8000-000000000000"}
_PART = re.compile(r"<(?:(\w+):)?\w+>")


def closed_addresses() -> Iterator[str]:
    """Yield a URL for every pattern of Wagtail's that must not answer."""
    for prefix, pattern in walk(wagtails()):
        if pattern.callback is not_here and prefix != "logout/":  # ours comes before it
            path = _PART.sub(lambda found: _SAMPLES[found[1] or "str"], prefix)
            yield "/panel/strony/" + path.replace("^", "").replace(".*", "cokolwiek/").replace("$", "")


def wagtails() -> list[URLPattern | URLResolver]:
    """Return the patterns of Wagtail's screens, as the panel includes them: last."""
    last = get_resolver("egzaminator.panel.urls").url_patterns[-1]
    assert str(last.pattern) == "strony/"
    assert isinstance(last, URLResolver)
    return last.url_patterns


def walk(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_the_allowed_answer_and_nothing_else_does() -> None:
    patterns = list(name_patterns(wagtails()))
    assert {name for name, pattern in patterns if pattern.callback is not not_here} == ALLOWED
    assert len(ALLOWED) == 77
    assert len(patterns) >= 189


def test_what_is_closed_is_not_found_by_an_administrator(client: Client) -> None:
    client.force_login(make_staff())
    addresses = list(closed_addresses())
    for address in addresses:
        assert (address, client.get(address).status_code) == (address, 404)
        assert (address, client.post(address, {"id": "1", "action": "x"}).status_code) == (address, 404)
    assert len(addresses) >= 96


@pytest.mark.parametrize(
    "address",
    [
        "bulk/accounts/account/delete/?id=all",
        "bulk/auth/group/delete/",
        "bulk/wagtailcore/page/delete/?id=all",
        "sites/",
        "redirects/import/",
        "redirects/import/process/",
        "failwhale/",
        "pages/1/set_position/?position=0",
        "users/",
        "groups/new/",
        "workflows/list/",
        "reports/site-history/?export=xlsx",
        "styleguide/",
        "collections/",
        "reports/page-types-usage/",
        "pages/usage/cms/articlepage/",
        "pages/1/privacy/",
        "pages/1/lock/",
        "pages/1/convert_alias/",
        "login/",
        "password_reset/",
        "test404/",
        "redirects/?export=csv",
        "pages/?export=xlsx",
        "images/1/generate_url/",
        "api/main/pages/1/action/delete/",
    ],
)
def test_none_of_these_is_there(client: Client, address: str) -> None:
    client.force_login(make_staff())
    assert (
        client.get(f"/panel/strony/{address}").status_code,
        client.post(f"/panel/strony/{address}").status_code,
    ) == (404, 404)


@pytest.mark.parametrize("is_editor", [True, False])
@pytest.mark.usefixtures("default_pages")
def test_nobody_is_led_to_what_is_not_there(client: Client, *, is_editor: bool) -> None:
    """Follow every link and form from the panel's first screen, one URL of each route."""
    client.force_login(make_staff(roles=[Role.EDITOR] if is_editor else Role))
    page = Page.objects.get(slug="numer-ewidencyjny")
    waiting = ["/panel/strony/", f"/panel/strony/pages/{page.pk}/edit/", f"/panel/strony/pages/{page.get_parent().pk}/"]
    waiting += [
        "/panel/strony/images/",
        "/panel/strony/documents/",
        "/panel/strony/choose-page/",
        "/panel/strony/images/chooser/",
    ]
    seen: set[str] = set()
    found = 0
    while waiting:
        address = waiting.pop()
        answer = client.get(address, headers={"X-Requested-With": "XMLHttpRequest"} if "choose" in address else None)
        assert (address, answer.status_code) in {(address, status) for status in (200, 302, 405)}
        found += 1
        for link in links_in(answer.content.decode() if "html" in answer.get("Content-Type", "") else ""):
            kind = kind_of(link)
            if kind not in seen:
                seen.add(kind)
                waiting.append(link)
    assert found >= (35 if is_editor else 40)


def links_in(html: str) -> Iterator[str]:
    for link in re.findall(r'(?:href|action|data-[\w-]*url[\w-]*)="(/panel/[^"#]*)"', html):
        # On the root page Wagtail links to the sites, for superusers only. None of our roles is one.
        if "999999" not in link and "logout" not in link and link != "/panel/strony/sites/":
            yield link.replace("&amp;", "&")


def kind_of(link: str) -> str:
    parts = urlsplit(link)
    try:
        return resolve(parts.path).route + ("?export" if "export" in parts.query else "")
    except Resolver404:
        return link
