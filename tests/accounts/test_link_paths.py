"""With anything around a mailed link's token: the link's own page answers, nothing changes, no log holds the token."""

import copy
import logging
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from egzaminator.accounts.domain.email_change import request_email_change
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.link_paths import MailedTokenConverter
from egzaminator.core.tokens import new_token
from egzaminator.mailings.domain.unsubscribe import unsubscribe_url
from egzaminator.runtime.logs import RouteFilter
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# The link that turns informational e-mails off opens no account, and is signed instead of stored.
UNSUBSCRIBE = "unsubscribe"
NAMES = [*(purpose.value for purpose in LinkPurpose), UNSUBSCRIBE]
# What mail programs, people and attackers append to a URL: percent-encoded, as a browser sends it, or raw.
SIGNS = [
    *map(quote, "”„’»>)]}.,;:!…*_- \u00a0\u200b\u200f\u202c\ufeff\u2028\r\n\t\\|'\"<"),
    *(
        "%22",
        "%5C",
        "%0D%0A",
        "%0D%0ASet-Cookie:%20a=b",
        "%25E2%2580%259D",
        "%2522",
        "%94",
        "%FF",
        "%C3%28",
        "?x=1",
        "//",
    ),
    *(".", ")", "”", "\\", "=3D", "=", "ą", "abc", "%F0%9F%98%80", "/../", "/%2e%2e/konto/", "&gt;", ";jsessionid=1"),
]


class Listener(logging.Handler):
    """Collects every line as the console writes it, before the formatter masks what looks like a token."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        record = copy.copy(record)
        RouteFilter().filter(record)
        self.lines.append(logging.Formatter().format(record))


@pytest.fixture
def log() -> Iterator[Listener]:
    listener = Listener()
    logging.getLogger().addHandler(listener)
    yield listener
    logging.getLogger().removeHandler(listener)


@pytest.fixture(scope="module")
def routes() -> set[str]:
    return {route.name for route in token_routes(get_resolver()) if route.name}


def token_routes(resolver: URLResolver) -> Iterator[URLPattern]:
    """Return the names of our routes that take a token, by the parameter's converter or name."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from token_routes(pattern)
        elif (pattern.name or "").startswith("wagtailadmin_"):
            continue  # password_reset/, which answers 404 here
        elif "token" in pattern.pattern.converters or "token" in pattern.pattern.regex.groupindex:
            yield pattern


def live_path(name: str, language: str) -> str:
    """Mail a link of this kind to its owner. Return its path."""
    examiner = make_examiner(pesel=PESELS[2], numbers=("Z-1",))
    if name == UNSUBSCRIBE:
        path = urlsplit(unsubscribe_url(examiner_id=examiner.pk)).path
        return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"
    purpose = LinkPurpose(name)
    if purpose in {LinkPurpose.ACTIVATE, LinkPurpose.STOP_CLAIM}:
        subject = make_claim(examiner).id
    else:
        account = make_account(examiner)
        subject = account.id
        if purpose is LinkPurpose.NEW_EMAIL:
            request_email_change(account=account, email="nowa@example.org", password=PASSWORD, ip="192.0.2.1")
            subject = account.email_changes.get().id
    url = issue_link(purpose=purpose, subject=subject, email="anna@example.org", language=language)
    return urlsplit(url).path


def test_every_mailed_link_has_a_path_that_forgives(routes: set[str]) -> None:
    assert routes == set(NAMES)
    for route in token_routes(get_resolver()):
        assert isinstance(route.pattern.converters["token"], MailedTokenConverter)


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("name", NAMES)
def test_no_sign_around_a_token_breaks_a_link_or_brings_it_into_the_log(
    name: str, language: str, log: Listener
) -> None:
    path = live_path(name, language)
    token = path.rstrip("/").rpartition("/")[2]
    start = path.removesuffix(f"{token}/")
    browser = Client(raise_request_exception=False)
    itself, incomplete = words_of(browser.get(path)), words_of(browser.get(start))
    assert itself != incomplete
    outcomes = {itself: 0, incomplete: 0}
    # Each link takes every second sign, each in one of four places. All links together cover all signs and places.
    turn = NAMES.index(name) + (language == "en")
    for index, sign in list(enumerate(SIGNS, turn))[turn % 2 :: 2]:
        places = (f"{path}{sign}", f"{start}{token}{sign}", f"{start}{token}{sign}/", f"{start}{sign}{token}/")
        asked = places[index % len(places)]
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(asked)
            assert browser.head(asked).status_code == response.status_code
        assert (asked, response.status_code in {200, 404}) == (asked, True)
        outcomes[words_of(response)] += 1  # KeyError: a page other than the two
        changing = [one["sql"] for one in queries if not one["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
        assert changing == []
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["Cache-Control"] == "no-store"
    assert sum(outcomes.values()) > 25
    assert outcomes[itself] > 15
    assert [line for line in log.lines if token in line] == []
    assert len(log.lines) >= outcomes[incomplete]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("name", NAMES)
def test_a_path_in_capitals_leads_to_the_link_itself(name: str, language: str, log: Listener) -> None:
    path = live_path(name, language)
    token = path.rstrip("/").rpartition("/")[2]
    start = path.removesuffix(f"/{token}/")
    browser = Client(raise_request_exception=False)
    for asked in (f"{start.upper()}/{token}/", f"{start.upper()}/{token}", f"{start.upper()}/{token}%E2%80%9D"):
        response = browser.get(asked)
        assert response["Referrer-Policy"] == "strict-origin"
        assert response.status_code == 302
        assert words_of(browser.get(response["Location"])) == words_of(browser.get(path))
    assert words_of(browser.get(path.upper(), follow=True)) == words_of(browser.get(f"{start}/"))
    assert browser.post(f"{start.upper()}/{token}/").status_code == 405
    assert [line for line in log.lines if token in line or token.upper() in line] == []


def test_a_host_that_is_not_ours_and_bytes_that_are_no_text_bring_no_token_into_the_log(log: Listener) -> None:
    token = new_token()
    for headers in ({"host": token}, {"host": f"evil.example/{token}"}, {"Referer": f"https://x.example/a/{token}/"}):
        Client(raise_request_exception=False, enforce_csrf_checks=True, headers=headers).post(f"/a/{token}/")
    Client(raise_request_exception=False).get(f"/a/{token}%00/")
    Client(raise_request_exception=False).generic("LINK", f"/a/{token}/")
    Client(raise_request_exception=False).generic(token, f"/a/{token}/")
    assert len(log.lines) >= 5
    assert [line for line in log.lines if token in line] == []


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("name", [purpose.value for purpose in LinkPurpose])
def test_links_are_mailed_as_they_were(name: str, language: str) -> None:
    token = new_token()
    with override(language):
        path = reverse(name, args=[token])
    assert path.endswith(f"/{token}/")
    assert len(path) == len(token) + (4 if language == "pl" else 7)
