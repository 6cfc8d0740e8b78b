"""The reverse proxy's files follow the same rules as the application. `test_nginx.py` tries them in nginx itself."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from egzaminator.accounts.hashers import LOGIN_SLOTS
from egzaminator.runtime.web_server import Group
from egzaminator.settings import MIDDLEWARE
from tests.helpers.nginx import group_of
from tests.helpers.routes import routes, sample_of

# The views that hash a password, all of them by POST. That there are no others, conftest.py sees to in every test.
HASHING = {
    *("login", "claim-form", "claim-correct", "activate", "confirm"),
    *("reset", "new-email", "change-password", "change-email"),
}

DEPLOY = Path(__file__).parents[1] / "deploy"
NGINX = "\n".join(line.partition("#")[0].rstrip() for line in (DEPLOY / "nginx.conf").read_text().splitlines())
PAGES = sorted(DEPLOY.glob("*.html"))
TOKEN = "abcdefghijklmnopqrstuv"


def logged(request_uri: str) -> str:
    """Return what is logged of a request: the first match of the map's own expressions."""
    (body,) = re.findall(r"map \$request_uri \$route \{(.*?)\n\}", NGINX, re.DOTALL)
    rules = re.findall(r'"~(\^.*)" ("[^"]*"|\$\w+);', body)
    assert len(rules) == 4
    for expression, value in rules:
        # PCRE and Python name groups in different ways.
        found = re.search(expression.replace("(?<known>", "(?P<known>").replace("(?<kind>", "(?P<kind>"), request_uri)
        if found:
            return _filled(value.strip('"'), found)
    return "(other)"


def _filled(value: str, found: re.Match[str]) -> str:
    return re.sub(r"\$(\w+)", lambda name: found.group(name.group(1)), value)


@pytest.mark.parametrize(
    ("request_uri", "line"),
    [
        ("/", "/"),
        ("/en/?x=1", "/en/"),
        ("/konto/logowanie/?next=/konto/", "/konto/logowanie/*"),
        ("/konto/wiadomosci/018f4e7e-8a55-7c2f-9d55-aabbccddeeff/", "/konto/wiadomosci/*"),
        ("/szukaj?q=rozwod", "/szukaj*"),
        ("/szukaj/?q=rozwod", "/szukaj/*"),
        ("/en/szukaj?q=rozwod", "/en/szukaj*"),
        ("//szukaj/?q=rozwod", "(other)"),
        ("/szukaj/rozwod", "/szukaj/*"),
        ("/szukajka/?q=rozwod", "(other)"),
        ("/panel/egzaminatorzy/?name=Nowak", "/panel/egzaminatorzy/*"),
        ("/static/site.ca16bee6c987.css", "/static/*"),
        ("/nowak/", "(other)"),
        ("/healthz", "/healthz"),
        ("/readyz?x=44051401359", "/readyz"),
        *((f"/{letter}/{TOKEN}/", f"/{letter}/*") for letter in "aehnpsAEHNPS"),
        (f"/en/a/{TOKEN}%E2%80%9D/", "/a/*"),
        (f"/a?{TOKEN}", "/a/*"),
        (f"/EN/A/{TOKEN}", "(other)"),
        (f"//a/{TOKEN}/", "(other)"),
        (f"/konto/{TOKEN}/", "/konto/*"),
        (f"/%61/{TOKEN}/", "(other)"),
    ],
)
def test_the_log_of_the_proxy_holds_routes_alone(request_uri: str, line: str) -> None:
    assert logged(request_uri) == line


def test_the_proxy_logs_nothing_else_of_an_address() -> None:
    (written,) = re.findall(r"log_format egzaminator '(.*)';", NGINX)
    assert set(re.findall(r"\$(\w+)", written)) == {
        *("remote_addr", "time_local", "request_method", "route", "server_protocol", "status", "body_bytes_sent"),
        *("request_time", "http_user_agent"),
    }
    assert re.findall(r"access_log (.*);", NGINX) == ["/var/log/nginx/egzaminator.log egzaminator"]
    assert re.findall(r"error_log (.*);", NGINX) == ["/var/log/nginx/egzaminator-error.log emerg"]


def test_what_the_proxy_answers_by_itself_carries_the_headers_too() -> None:
    inside = NGINX.partition("\nserver {")[2]
    added = dict(re.findall(r"\n    add_header ([\w-]+) \$(\w+) always;", inside))
    assert set(added) == {
        *("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"),
        *("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy"),
        *("Permissions-Policy", "Strict-Transport-Security", "Cache-Control", "Retry-After"),
    }
    assert inside.count("add_header") == len(added)  # one in a location would drop all of them from its responses
    for variable in added.values():
        assert f" ${variable} {{" in NGINX  # from a map, so empty where the application responded
    assert NGINX.count("\nserver {") == 1
    assert (
        "csp.middleware.CSPMiddleware" in MIDDLEWARE
    )  # the header by which the map recognises a response of the application


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_proxys_pages_may_use_their_own_style_alone(page: Path) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page.read_text(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in NGINX
    assert not re.findall(r'<script|<link|<img|style="|https?://', page.read_text())


def test_the_proxy_keeps_from_the_application_what_it_cannot_tell_or_bear() -> None:
    assert [page.name for page in PAGES] == ["busy.html", "too-large.html", "too-many.html", "unavailable.html"]
    inside = NGINX.partition("\nserver {")[2]
    for directive in (
        "server_tokens off",
        "underscores_in_headers off",
        "proxy_request_buffering on",
        "client_header_timeout 15s",
        "client_body_timeout 15s",
        "limit_req zone=forms burst=200 nodelay",
    ):
        assert f"\n    {directive};" in inside  # of the whole server, so of /panel/ as well
    assert "limit_req " not in "".join(re.findall(r"location [^{]*\{[^}]*\}", inside))  # which would replace it


@pytest.mark.parametrize(
    ("location", "most"), [("= /panel/import/", "52m"), ("~ ^/panel/wiadomosci/[^/]+/zalaczniki/$", "6m")]
)
def test_staffs_files_reach_the_application_without_a_copy_on_the_proxys_disk(location: str, most: str) -> None:
    (body,) = re.findall(rf"location {re.escape(location)} \{{([^}}]*)\}}", NGINX)
    directives = {line.strip() for line in body.splitlines() if line.strip()}
    assert directives == {
        f"client_max_body_size {most};",
        "proxy_request_buffering off;",
        "proxy_pass http://egzaminator;",
    }
    assert NGINX.count("proxy_request_buffering off") == 2


def test_what_hashes_passwords_is_passed_on_to_the_log_ins_in_both_languages_and_nothing_else() -> None:
    paths = [(pattern.name, f"{sample_of(route)}") for route, pattern in routes()]
    for start in ("", "/en"):
        groups = {(name, group_of("POST", start + path)) for name, path in paths}
        assert {name for name, group in groups if group != "egzaminator"} == HASHING
        assert {name for name, group in groups if group == "egzaminator_log_ins"} == {"login"}
        assert {group_of("GET", start + path) for _, path in paths} == {"egzaminator"}


def test_the_proxy_admits_as_many_log_ins_as_two_cores_of_the_application() -> None:
    """One process of the log-ins' group has two cores and so many slots."""
    assert f"server 127.0.0.1:8001 max_conns={LOGIN_SLOTS};" in NGINX


def test_the_units_listen_where_the_proxy_asks() -> None:
    for group, port in (("web", 8000), ("logins", 8001)):
        unit = (DEPLOY / f"egzaminator-{group}.socket").read_text()
        (name,) = re.findall("^FileDescriptorName=(.*)$", unit, re.MULTILINE)
        assert Group(name) is (Group.PAGES if group == "web" else Group.LOG_INS)
        assert f"\nListenStream=127.0.0.1:{port}\n" in unit
        assert "\nDeferAcceptSec=10\n" in unit
        assert f"\nRequires=egzaminator-{group}.socket\n" in (DEPLOY / f"egzaminator-{group}.service").read_text()
    own = [set((DEPLOY / f"egzaminator-{group}.service").read_text().splitlines()) for group in ("web", "logins")]
    assert {line.partition("=")[0] for line in own[0] ^ own[1]} == {
        *("Description", "Requires", "CPUWeight"),
        "# Pages come first. Niceness does not count between services.",
    }
