"""No secret that people type or receive is stored in clear text where it was not meant to be."""

import base64
import hashlib
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.backends.base import SessionBase

from egzaminator.accounts.sessions import SessionStore
from tests.dump.journeys import JOURNEYS
from tests.dump.site import Processes, Site, Trail, answers, wait_until
from tests.helpers.database_url import database_url
from tests.helpers.public_site import make_home_page
from tests.helpers.receiver import Receiver

# What is in clear text by design, by kind of secret, and why.
ALLOWED: dict[str, set[str]] = {
    # The board's register lists the numbers: staff read them, decisions name them. Before there is an account they open
    # something only together with the PESEL, and afterwards nothing.
    "number": {"register_entry", "register_entry.number", "register_entry.number_key"},
}
# PESELs are few and passwords are guessable, so an unkeyed digest is as good as the value itself.
GUESSABLE = {"pesel", "number", "password"}


def spellings(kind: str, secret: str) -> set[str]:
    """Return the forms in which a secret could be found: plain, hexadecimal, Base64 at any offset, digests."""
    found = set()
    for text in {secret, secret.lower(), secret.replace("-", "").lower(), f"{secret[:6]} {secret[6:]}"}:
        raw = text.encode()
        found |= {text, raw.hex()}
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
            found.add(encoded[4 if offset else 0 : -1])
        if kind in GUESSABLE:
            found |= {hashlib.new(name, raw, usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256")}
    return {one.lower() for one in found}


def found_in(places: Iterable[tuple[str, str]], secrets: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Return the kinds of secrets found in the texts with their places, except those that are allowed."""
    wanted = [(kind, one) for kind, values in secrets.items() for value in values for one in spellings(kind, value)]
    return {
        (kind, place)
        for place, text in places
        for kind, one in wanted
        if one in text.lower() and place not in ALLOWED.get(kind, set())
    }


def opened(values: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Add the decoded content of sessions, which is compressed in its column."""
    for place, value in values:
        yield place, value
        if place.endswith(".session_data"):
            yield place, str(SessionBase.decode(SessionStore(), value))


def test_the_search_finds_what_it_looks_for() -> None:
    for text in ["x 44051401359 y", "440514 01359", base64.b64encode(b"ab44051401359").decode(), b"44051401359".hex()]:
        assert found_in([("t.c", text)], {"pesel": {"44051401359"}}) == {("pesel", "t.c")}
    digest = hashlib.sha256(b"44051401359").hexdigest()
    assert found_in([("t.c", digest)], {"pesel": {"44051401359"}}) == {("pesel", "t.c")}
    assert found_in([("t.c", "44051401358")], {"pesel": {"44051401359"}}) == set()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_no_secret_is_found_in_clear(tmp_path: Path, mailbox: Receiver) -> None:
    make_home_page()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    environment = {
        "DATABASE_URL": database_url(),
        "BIND": f"127.0.0.1:{port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
    }
    site = Site(port, mailbox)
    with Trail() as trail:
        with Processes(tmp_path, environment) as processes:
            wait_until(lambda: answers(port))
            for journey in JOURNEYS:
                journey(site)
        for visitor in site.visitors:
            for cookie in visitor.cookies_seen:
                if len(cookie) > 15:  # an emptied one, a language
                    site.secret("cookie", cookie)
        written, dump = trail.values(), trail.dump()

    assert set(site.secrets) == {"pesel", "number", "password", "token", "cookie", "app", "recovery code"}
    assert {len(value) for value in site.secrets["recovery code"]} == {8}
    assert len(written) > 500
    assert found_in(opened(written), site.secrets) == set()
    assert found_in(dump, site.secrets) == set()
    tracebacks = {name: text[text.index("Traceback") :][:3000] for name, text in processes.logs if "Traceback" in text}
    assert tracebacks == {}
    assert found_in(processes.logs, site.secrets) == set()
    mails = site.mails
    assert len(mails) > 8
    heads = [(str(mail.email["Subject"]), mail.content.partition(b"\r\n\r\n")[0].decode()) for mail in mails]
    heads += [("envelope", f"{mail.sender} {mail.recipient}") for mail in mails]
    assert found_in(heads, site.secrets) == set()
    bodies = [(str(mail.email["Subject"]), mail.body("plain") + mail.body("html")) for mail in mails]
    assert found_in(bodies, {kind: values for kind, values in site.secrets.items() if kind != "token"}) == set()
    # The link's own URL is the only place for its token.
    links = re.compile(r"/(?:en/)?[a-z]/[\w-]{22}/")
    assert found_in([(url, url) for url in site.urls if not links.fullmatch(url)], site.secrets) == set()
    without_tokens = {kind: values for kind, values in site.secrets.items() if kind != "token"}
    assert found_in([(url, url) for url in site.urls], without_tokens) == set()
