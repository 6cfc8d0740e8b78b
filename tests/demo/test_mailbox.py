import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from egzaminator.demo.received import MAILBOX, NotReceivedError, list_received, read_received
from tests.demo import urls


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.ROOT_URLCONF = urls.__name__
    return tmp_path


@pytest.fixture
def port(data_dir: Path) -> Iterator[int]:
    """The port of a running receiver."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver = subprocess.Popen(
            [sys.executable, "-m", "egzaminator.demo.mailbox", str(listener.fileno()), str(data_dir / MAILBOX)],
            env=os.environ | {"PYTHONPATH": "src"},
            pass_fds=[listener.fileno()],
        )
        yield listener.getsockname()[1]
        receiver.send_signal(signal.SIGTERM)
        assert receiver.wait(10) == 0


def message(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "oke@oke.example"
    message["To"] = "Żaneta Źrebiec <zaneta@poczta.example>"
    message["Date"] = "Sun, 22 Nov 2026 09:54:00 +0000"
    message["Subject"] = subject
    message.set_content(text)
    message.add_alternative("<p>HTML</p>", subtype="html")
    return message


def test_what_is_sent_is_kept_newest_first(data_dir: Path, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message("Pierwsza", "Dzień dobry"))
        server.send_message(message("Druga – ważna", "x" * 5000))

    second, first = list_received(data_dir / MAILBOX, limit=10)

    assert (first.subject, second.subject) == ("Pierwsza", "Druga – ważna")
    assert (first.to, first.text) == ("Żaneta Źrebiec <zaneta@poczta.example>", "Dzień dobry\n")
    assert first.html == "<p>HTML</p>\n"
    assert first.sent_at is not None
    assert first.sent_at.isoformat() == "2026-11-22T09:54:00+00:00"
    assert [received.subject for received in list_received(data_dir / MAILBOX, limit=1)] == ["Druga – ważna"]
    assert read_received(data_dir / MAILBOX, first.key) == first


@pytest.mark.parametrize("key", ["", "none", "..", "../demo.env", "."])
def test_nothing_else_can_be_read(data_dir: Path, key: str) -> None:
    (data_dir / MAILBOX / "new").mkdir(parents=True)
    (data_dir / MAILBOX / "demo.env").write_text("SECRET_KEY=x")
    with pytest.raises(NotReceivedError):
        read_received(data_dir / MAILBOX, key)


@pytest.mark.django_db
def test_the_page_lists_nothing_before_anything_comes(data_dir: Path, client: Client) -> None:
    assert list(data_dir.iterdir()) == []
    assert client.get("/demo/poczta/").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("data_dir")
def test_the_pages_show_a_message_with_its_links_and_without_its_markup(client: Client, port: int) -> None:
    text = "Witaj <script>alert(1)</script>\n\nhttp://localhost:8000/a/Zm9v-_/?x=1&y=2\n"
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message("<b>Temat</b>", text))

    [received] = client.get("/demo/poczta/").context["received"]
    listed = client.get("/demo/poczta/").content.decode()
    shown = client.get(f"/demo/poczta/{received.key}/").content.decode()

    assert "&lt;b&gt;Temat&lt;/b&gt;" in listed
    assert "2026-11-22 10:54<" in listed  # in Warsaw
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert '<a href="http://localhost:8000/a/Zm9v-_/?x=1&amp;y=2" rel="nofollow">' in shown
    assert "<b>Temat" not in listed + shown


@pytest.mark.django_db
@pytest.mark.usefixtures("data_dir")
def test_the_html_is_shown_apart_and_may_do_nothing(client: Client, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message("Temat", "Tekst"))
    [received] = client.get("/demo/poczta/").context["received"]
    page = f"/demo/poczta/{received.key}/"

    shown = client.get(f"{page}html/")

    assert f'href="{page}html/"' in client.get(page).content.decode()
    assert shown.content.decode() == "<p>HTML</p>\n"
    assert set(shown.headers["Content-Security-Policy"].split("; ")) == {
        *("default-src 'none'", "script-src 'none'", "img-src 'none'", "connect-src 'none'", "form-action 'none'"),
        *("font-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "style-src 'unsafe-inline'", "sandbox"),
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("path", ["nothing/", "nothing/html/"])
def test_an_unknown_message_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/demo/poczta/{path}").status_code == 404


@pytest.mark.django_db
def test_there_is_no_mailbox_outside_a_demo(client: Client) -> None:
    assert client.get("/demo/poczta/").status_code == 404
