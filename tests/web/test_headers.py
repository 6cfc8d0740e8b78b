"""Every response, of any kind and from any layer, carries all security headers."""

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings
from wagtail.documents.models import Document
from wagtail.models import Collection

from egzaminator.accounts.errors import OverloadError
from egzaminator.cms.models import BoardSettings
from egzaminator.cms.site_data import current_site_data
from egzaminator.runtime import maintenance
from egzaminator.web.middleware import PERMISSIONS_POLICY
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": PERMISSIONS_POLICY,
}


def check(response: Response, *, of_wagtail: bool = False) -> None:
    headers = response.headers
    assert {name: headers.get(name) for name in EXPECTED} == EXPECTED
    assert headers["Referrer-Policy"] in {"same-origin", "strict-origin"}  # the second for mailed links
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    framing = "'self'" if of_wagtail else "'none'"
    assert (policy["default-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'", framing)
    assert headers["X-Frame-Options"] == ("SAMEORIGIN" if of_wagtail else "DENY")
    assert ("'unsafe-inline'" in headers["Content-Security-Policy"]) == of_wagtail
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert "Cache-Control" in headers or response.status_code == HTTPStatus.NOT_MODIFIED
    assert not [name for name in headers if name.startswith("Access-Control-") or name in {"Server", "X-Powered-By"}]
    b"".join(response)  # otherwise files stay open


@pytest.fixture
def anybody() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.max-800.webp").write_bytes(b"RIFF")
    return tmp_path


def seen(client: Client, path: str) -> dict[str, str]:
    response = client.get(path)
    b"".join(response)
    return {"If-None-Match": response["ETag"]}


def board_styles() -> str:
    BoardSettings.objects.create(band_colour="#00441b")
    styles = current_site_data().styles
    assert styles
    return reverse("board-styles", args=(styles.version,))


def static_of(name: str) -> str:
    return staticfiles_storage.url(name)


KINDS: dict[str, tuple[Callable[[Client], Response], int]] = {
    "page": (lambda client: client.get("/"), 200),
    "head": (lambda client: client.head("/"), 200),
    "not modified": (lambda client: client.get("/", headers=seen(client, "/")), 304),
    "form": (lambda client: client.get("/konto/logowanie/"), 200),
    "refused form": (lambda client: client.post("/konto/haslo/", {"name": ""}), 302),
    "form with an error": (lambda client: client.get("/szukaj/?q=" + "a" * 200), 200),
    "busy": (lambda client: client.post("/konto/haslo/", {"name": "x"}), 302),
    "redirect to log in": (lambda client: client.get("/konto/"), 302),
    "redirect to a slash": (lambda client: client.get("/konto/haslo"), 301),
    "redirect from capitals": (lambda client: client.get("/A/x"), 302),
    "wrong method": (lambda client: client.get("/konto/wyloguj/"), 405),
    "unknown method": (lambda client: client.generic("LINK", "/konto/logowanie/"), 405),
    "options": (lambda client: client.options("/robots.txt"), 405),
    "not there": (lambda client: client.get("/nie-ma/"), 404),
    "unknown link": (lambda client: client.get("/a/x/"), 404),
    "bad request": (lambda client: client.get("/?x=%00"), 400),
    "bad host": (lambda client: client.get("/konto/", headers={"host": "evil.example"}), 400),
    "too many fields": (lambda client: client.post("/konto/haslo/", {f"f{n}": "" for n in range(300)}), 400),
    "file of a stranger": (lambda client: client.post("/konto/haslo/", {"file": ContentFile(b"x", "x")}), 400),
    "csrf": (lambda _: Client(enforce_csrf_checks=True).post("/konto/haslo/", {}), 403),
    "alive": (lambda client: client.get("/healthz"), 200),
    "alive by another name": (lambda client: client.get("/healthz", headers={"host": "10.20.30.40"}), 200),
    "health asked wrongly": (lambda client: client.post("/healthz"), 405),
    "ready": (lambda client: client.get("/readyz"), 200),
    "robots": (lambda client: client.get("/robots.txt"), 200),
    "sitemap": (lambda client: client.get("/sitemap.xml"), 200),
    "security.txt": (lambda client: client.get("/.well-known/security.txt"), 200),
    "feed": (lambda client: client.get("/aktualnosci/rss/"), 200),
    "search": (lambda client: client.get("/szukaj/?q=numer"), 200),
    "image": (lambda client: client.get("/media/images/a.max-800.webp"), 200),
    "no image": (lambda client: client.get("/media/images/b.webp"), 404),
    "board's colours": (lambda client: client.get(board_styles()), 200),
    "board's former colours": (lambda client: client.get(board_styles()[:-16] + "0123456789ab.css"), 200),
    "no colours": (lambda client: client.get("/media/board.0123456789ab.css"), 404),
    "no document": (lambda client: client.get("/dokumenty/1/x.pdf"), 404),
    "style": (lambda client: client.get(static_of("css/site.css")), 200),
    "script": (lambda client: client.get(static_of("js/forms.js")), 200),
    "icon": (lambda client: client.get(static_of("icon.svg")), 200),
    "style not modified": (
        lambda client: client.get(static_of("css/site.css"), headers=seen(client, static_of("css/site.css"))),
        304,
    ),
    "style asked wrongly": (lambda client: client.post(static_of("css/site.css")), 405),
    "style in part": (lambda client: client.get(static_of("css/site.css"), headers={"Range": "bytes=0-9"}), 206),
    "no style": (lambda client: client.get("/static/x.css"), 404),
    "panel to log in": (lambda client: client.get("/panel/sprawy/"), 302),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer(anybody: Client, media: Path, kind: str) -> None:
    ask, status = KINDS[kind]
    response = ask(anybody)
    assert response.status_code == status
    check(response)


def test_a_closed_site(anybody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egzaminator.web.maintenance.is_maintenance_on", lambda: True)
    for path in ("/", "/konto/logowanie/", "/panel/", "/nie-ma/"):
        response = anybody.get(path)
        assert response.status_code == 503
        check(response)
    assert maintenance.is_maintenance_on() is False  # the maintenance state of the machine is not touched


@pytest.mark.parametrize(("error", "status"), [(ValueError, 500), (OverloadError, 503)])
def test_an_error_of_ours(
    anybody: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("egzaminator.login.views.log_in", fail)
    box = Client(raise_request_exception=False, headers={"Sec-Fetch-Site": "same-origin"})
    for _ in range(2):  # the second 503 is served from memory
        response = box.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
        assert response.status_code == status
        check(response)


def addresses(resolver: URLResolver, start: str = "") -> list[str]:
    """Return the paths of all routes without parameters."""
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern, start + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            path = f"/{start}{pattern.pattern}".replace("^", "").replace("\\Z", "").replace("$", "").replace("\\.", ".")
            if re.fullmatch(r"[/\w.-]+", path):
                found.append(path)
    return found


@pytest.mark.parametrize("who", ["stranger", "examiner", "staff"])
def test_every_address_for_everybody(anybody: Client, who: str) -> None:
    if who != "stranger":
        anybody.force_login(make_account(make_examiner()) if who == "examiner" else make_staff())
    paths = addresses(get_resolver())
    assert len(paths) > 100
    ours = {path for path in paths if not path.startswith("/panel/")} | {"/panel/sprawy/", "/panel/moje-konto/"}
    assert len(ours) > 40
    for path in paths if who == "staff" else sorted(ours):
        if path.endswith("/wyloguj/"):
            continue
        response = anybody.get(path)
        policy = response["Content-Security-Policy"]
        check(response, of_wagtail="'unsafe-inline'" in policy and path.startswith("/panel/"))


def test_a_document_shows_itself_and_nothing_else(anybody: Client, media: Path) -> None:
    document = Document(title="Wzór", collection=Collection.get_first_root_node() or Collection.add_root(name="Root"))
    document.file.save("wzor.pdf", ContentFile(b"%PDF-1.4"))
    document.save()
    response = anybody.get(f"/dokumenty/{document.pk}/{document.filename}")
    assert response.status_code == 200
    check(response)
    assert "'self'" not in response["Content-Security-Policy"]


def test_none_of_the_kinds_is_forgotten() -> None:
    assert {status for _, status in KINDS.values()} == {200, 206, 301, 302, 304, 400, 403, 404, 405}
    assert len(KINDS) >= 41
