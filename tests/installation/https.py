"""Asks the site from outside, as a browser does: by https, trusting the board's authority alone."""

import http.client
import socket
import ssl
from dataclasses import dataclass

from tests.installation.network import INSIDE
from tests.installation.steps import HOST, World


@dataclass(frozen=True)
class Answer:
    """What the site answered."""

    status: int
    body: str
    location: str
    serial: str
    """The certificate's number."""


def ask(world: World, path: str = "/", *, port: int = http.client.HTTPS_PORT) -> Answer:
    """Ask for a path. Raise `OSError` if nothing answers, or nothing that is to be trusted."""
    with socket.create_connection((INSIDE, port), timeout=30) as plain:
        if port != http.client.HTTPS_PORT:
            return _converse(plain, path, "")
        context = ssl.create_default_context(cafile=world.found["authority"])
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            return _converse(secure, path, str((secure.getpeercert() or {}).get("serialNumber")))


def _converse(connection: socket.socket, path: str, serial: str) -> Answer:
    connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return Answer(answer.status, answer.read().decode(), answer.getheader("Location") or "", serial)


def is_up(world: World, path: str = "/") -> bool:
    """Return whether a page is served."""
    try:
        return ask(world, path).status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
