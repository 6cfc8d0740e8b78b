"""No crafted URL makes one of our pages link to another site."""

import re
from html import unescape
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.helpers.factories import make_staff
from tests.helpers.public_site import make_home_page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOST = "evil.example"
# Beginnings of a path after which a browser takes the next part for a host.
STARTS = [
    f"//{HOST}",
    f"///{HOST}",
    f"/\\{HOST}",
    f"/%5c{HOST}",
    f"/%2f{HOST}",
    f"/%09/{HOST}",
    f"/./{HOST}",
    f"/{HOST}:@{HOST}",
]
PATHS = ["", "/", "/en/", "/konto/logowanie/", "/a/x/", "/szukaj/?q=numer", "/panel/"]
TARGET = re.compile(r'\b(?:href|src|action|content|data-\w+)="([^"]*)"')


@pytest.mark.parametrize(("who", "language"), [("stranger", ""), ("stranger", "/en"), ("staff", "")])
def test_no_link_of_any_page_leads_to_a_host_from_its_path(who: str, language: str) -> None:
    make_home_page()
    client = Client(raise_request_exception=False)
    if who != "stranger":
        client.force_login(make_staff())
    asked = [f"{start}{path}" for start in STARTS for path in PATHS]
    asked += [f"{path}?next=//{HOST}/" for path in ("/konto/logowanie/", "/konto/", "/panel/", "/nie-ma/", "/szukaj/")]
    seen = 0
    for path in asked:
        # Set PATH_INFO as a server does: Django's test client would itself parse `//host` as a host.
        response = client.generic("GET", "/", PATH_INFO=bare(f"{language}{path}"), QUERY_STRING=path.partition("?")[2])
        assert (path, response.status_code < 500) == (path, True)
        targets = TARGET.findall(response.content.decode(errors="replace")) if not response.streaming else []
        for target in [*targets, response.headers.get("Location", "")]:
            seen += 1
            # A browser treats a backslash as a slash, and drops tabs and newlines (WHATWG URL).
            clean = re.sub(r"[\t\r\n]", "", unescape(target)).replace("\\", "/").strip()
            host = urlsplit(urljoin(settings.PUBLIC_BASE_URL, clean)).hostname or ""
            assert (path, target, HOST in host) == (path, target, False)
    assert seen > 500


def bare(path: str) -> str:
    return unquote_to_bytes(path.partition("?")[0]).decode("latin-1")
