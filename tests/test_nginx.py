"""The reverse proxy's configuration, tried in nginx itself, in front of programs that say what reaches them."""

import http.client
import http.server
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.helpers.nginx import DEPLOY, NGINX, can_run_nginx, configure, free_port, nginx
from tests.helpers.prometheus import wait_for

pytestmark = pytest.mark.skipif(not can_run_nginx(), reason="nginx is not here (tests/install-tools.sh)")

TOKEN = "abcdefghijklmnopqrstuv"
PLACES = 24
PATIENCE = 30
OWN_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'sha256-9NJVw/67oRLGEYpapsaH/oSkE2gZ9R5SA8l2DmMfA0s='; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=63072000",
    "Cache-Control": "no-store",
}


class Application(http.server.ThreadingHTTPServer):
    """A group of the application: it answers with its name and with the request, when it may."""

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.name = name
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.arrived = threading.Semaphore(0)

    request_queue_size = 128
    daemon_threads = True


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Application
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.arrived.release()
        assert self.server.may_answer.wait(PATIENCE)
        text = json.dumps(
            {
                "group": self.server.name,
                "path": self.path,
                "headers": self.headers.items(),
                "length": len(body),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET  # noqa: N815 -- http.server's name

    def log_message(self, *_args: object) -> None:
        pass


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def seen(self) -> dict[str, object]:
        """What the application saw of the request."""
        seen: dict[str, object] = json.loads(self.text)
        return seen


@dataclass(frozen=True)
class Proxy:
    plain: int
    tls: int
    folder: Path
    pages: Application
    log_ins: Application
    context: ssl.SSLContext = field(default_factory=ssl._create_unverified_context)  # noqa: SLF001 -- nobody's

    def ask(
        self, method: str, path: str, *, body: bytes = b"", is_tls: bool = True, headers: dict[str, str] | None = None
    ) -> Answer:
        client: http.client.HTTPConnection
        if is_tls:
            client = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=PATIENCE, context=self.context)
        else:
            client = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=PATIENCE)
        client.request(method, path, body, headers={"Host": "konta.example.pl"} | (headers or {}))
        response = client.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read().decode())
        client.close()
        return answer


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    plain, tls = free_port(), free_port()
    with Application("pages") as pages, Application("log-ins") as log_ins:
        for application in (pages, log_ins):
            threading.Thread(target=application.serve_forever, daemon=True).start()
        configuration = configure(folder, plain=plain, tls=tls, pages=pages.server_port, log_ins=log_ins.server_port)
        with nginx(configuration, port=tls):
            yield Proxy(plain, tls, folder, pages, log_ins)
        pages.shutdown()
        log_ins.shutdown()


def test_nginx_finds_nothing_to_object_to(tmp_path: Path) -> None:
    configuration = configure(tmp_path, plain=free_port(), tls=free_port(), pages=1, log_ins=2)
    said = subprocess.run([NGINX, "-t", "-q", "-c", configuration], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize(
    ("method", "path", "group"),
    [
        ("GET", "/", "pages"),
        ("GET", "/konto/logowanie/", "pages"),
        ("POST", "/konto/logowanie/", "log-ins"),
        ("POST", "/konto/logowanie/?next=/panel/", "log-ins"),
        ("POST", "/en/konto/logowanie/", "log-ins"),
        ("POST", "/konto/%6cogowanie/", "log-ins"),
        ("POST", "/konto/logowanie/drugi-krok/", "pages"),
        ("POST", "/en/konto/zakladanie/", "log-ins"),
        ("GET", f"/a/{TOKEN}/", "pages"),
        ("POST", f"/a/{TOKEN}/", "log-ins"),
        ("POST", f"/en/h/%E2%80%9E{TOKEN}%0A/", "log-ins"),
        ("POST", "/panel/import/", "pages"),
        ("POST", f"/n/{TOKEN}/", "pages"),
    ],
)
def test_what_hashes_passwords_goes_to_the_log_ins_as_it_was_sent(
    proxy: Proxy, method: str, path: str, group: str
) -> None:
    seen = proxy.ask(method, path, body=b"a=b" if method == "POST" else b"").seen
    assert (seen["group"], seen["path"]) == (group, path)


def test_the_application_is_told_whose_the_request_is_by_the_proxy_alone(proxy: Proxy) -> None:
    claims = {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-For": "203.0.113.9",
        "X_Forwarded_For": "203.0.113.10",
        "X_Forwarded_Proto": "http",
    }
    seen = proxy.ask("GET", "/", headers=claims).seen
    assert isinstance(seen["headers"], list)
    headers = {name: value for name, value in seen["headers"] if name.startswith(("X", "Host", "Connection"))}
    assert headers == {
        "Host": "konta.example.pl",
        "Connection": "close",
        "X-Forwarded-For": "203.0.113.9, 127.0.0.1",  # of which the application believes the last
        "X-Forwarded-Proto": "https",
    }


def test_plain_requests_are_sent_to_https(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/konto/?a=b", is_tls=False)
    assert (answer.status, answer.headers["Location"]) == (301, "https://konta.example.pl/konto/?a=b")
    assert "Strict-Transport-Security" not in answer.headers


def test_the_answers_of_the_application_keep_their_own_headers(proxy: Proxy) -> None:
    headers = proxy.ask("GET", "/").headers
    assert headers["Content-Security-Policy"] == "default-src 'self'"
    assert not set(headers) & (set(OWN_HEADERS) - {"Content-Security-Policy", "Strict-Transport-Security"})


def test_metrics_are_nobodys_business(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/metrics")
    assert answer.status == 404
    assert {name: answer.headers.get(name) for name in OWN_HEADERS} == OWN_HEADERS


@pytest.mark.parametrize(("path", "most"), [("/konto/zakladanie/", 1), ("/panel/strony/images/multiple/add/", 12)])
def test_what_is_too_large_gets_a_page(proxy: Proxy, path: str, most: int) -> None:
    fits = proxy.ask("POST", path, body=b"x" * most * 1024 * 1024)
    assert (fits.status, fits.seen["length"]) == (200, most * 1024 * 1024)
    with socket.create_connection(("127.0.0.1", proxy.tls)) as plain, proxy.context.wrap_socket(plain) as client:
        head = f"POST {path} HTTP/1.1\r\nHost: konta.example.pl\r\nContent-Length: {most * 1024 * 1024 + 1}\r\n\r\n"
        client.sendall(head.encode())
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.status == 413
        assert response.read().decode() == (DEPLOY / "too-large.html").read_text()
        assert {name: response.getheader(name) for name in OWN_HEADERS} == OWN_HEADERS


def test_one_log_in_too_many_gets_the_busy_page_and_costs_the_application_nothing(proxy: Proxy) -> None:
    proxy.log_ins.may_answer.clear()
    proxy.log_ins.arrived = threading.Semaphore(0)
    with ThreadPoolExecutor(PLACES + 1) as threads:
        held = [threads.submit(proxy.ask, "POST", "/konto/logowanie/", body=b"a=b") for _ in range(PLACES)]
        for _ in held:
            assert proxy.log_ins.arrived.acquire(timeout=PATIENCE)
        for path in ("/konto/logowanie/", "/en/konto/logowanie/"):
            refused = proxy.ask("POST", path, body=b"a=b")
            assert (refused.status, refused.text) == (503, (DEPLOY / "busy.html").read_text())
            expected = OWN_HEADERS | {"Retry-After": "30"}
            assert {name: refused.headers.get(name) for name in expected} == expected
        assert not proxy.log_ins.arrived.acquire(blocking=False)
        form = threads.submit(proxy.ask, "POST", "/konto/zakladanie/", body=b"a=b")  # has no such limit
        assert proxy.log_ins.arrived.acquire(timeout=PATIENCE)
        assert proxy.ask("GET", "/konto/logowanie/").seen["group"] == "pages"
        proxy.log_ins.may_answer.set()
        assert {answer.result(PATIENCE).status for answer in [*held, form]} == {200}
    assert proxy.ask("POST", "/konto/logowanie/", body=b"a=b").status == 200


def test_whoever_sends_slowly_holds_no_place(proxy: Proxy) -> None:
    head = b"POST /konto/logowanie/ HTTP/1.1\r\nHost: konta.example.pl\r\nContent-Length: 3\r\n\r\na"
    clients = []
    for _ in range(PLACES * 2):
        client = proxy.context.wrap_socket(socket.create_connection(("127.0.0.1", proxy.tls)))
        client.sendall(head)
        clients.append(client)
    assert proxy.ask("POST", "/konto/logowanie/", body=b"a=b").seen["group"] == "log-ins"
    for client in clients:
        client.close()


def test_whoever_does_not_answer_is_said_to_be_back_soon(tmp_path: Path) -> None:
    plain, tls = free_port(), free_port()
    configuration = configure(tmp_path, plain=plain, tls=tls, pages=free_port(), log_ins=free_port())
    with nginx(configuration, port=tls), Application("nobody") as nobody:
        proxy = Proxy(plain, tls, tmp_path, nobody, nobody)
        for method, path in [("GET", "/"), ("POST", "/konto/logowanie/"), ("POST", "/konto/zakladanie/")]:
            answer = proxy.ask(method, path)
            assert (answer.status, answer.text) == (503, (DEPLOY / "unavailable.html").read_text())
            expected = OWN_HEADERS | {"Retry-After": "120"}
            assert {name: answer.headers.get(name) for name in expected} == expected


def test_a_flood_of_forms_is_stopped(tmp_path: Path) -> None:
    plain, tls = free_port(), free_port()
    with Application("pages") as application:
        threading.Thread(target=application.serve_forever, daemon=True).start()
        configuration = configure(
            tmp_path, plain=plain, tls=tls, pages=application.server_port, log_ins=application.server_port
        )
        with nginx(configuration, port=tls):
            proxy = Proxy(plain, tls, tmp_path, application, application)
            with ThreadPoolExecutor(8) as threads:
                answers = list(threads.map(lambda _: proxy.ask("POST", "/szukaj/"), range(600)))
            assert proxy.ask("GET", "/").status == 200
        application.shutdown()
    assert {answer.status for answer in answers} == {200, 429}
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.text == (DEPLOY / "too-many.html").read_text()
    expected = OWN_HEADERS | {"Retry-After": "60"}
    assert {name: refused.headers.get(name) for name in expected} == expected


def test_the_log_holds_no_path_and_no_query(proxy: Proxy) -> None:
    log = proxy.folder / "egzaminator.log"
    proxy.ask("GET", "/robots.txt")
    proxy.ask("GET", f"/a/{TOKEN}/?x=44051401359")
    proxy.ask("GET", "/szukaj/?q=rozwod")
    proxy.ask("POST", "/konto/logowanie/", body=b"name=44051401359")
    proxy.ask("GET", "/sitemap.xml")
    wait_for(lambda: "/sitemap.xml" in log.read_text())  # nginx writes once it has answered
    between = log.read_text().rpartition("/robots.txt")[2]
    lines = [line for line in between.splitlines()[1:] if "/sitemap.xml" not in line]
    assert [line.split('"')[1] for line in lines] == [
        "GET /a/* HTTP/1.1",
        "GET /szukaj/* HTTP/1.1",
        "POST /konto/logowanie/* HTTP/1.1",
    ]
    assert not any(word in line for line in lines for word in (TOKEN, "44051401359", "rozwod"))
    assert (proxy.folder / "egzaminator-error.log").read_text() == ""
