"""A network of its own for the machine: a cable to this one, and on it what a server finds outside."""

import contextlib
import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

NAME: Final = f"egzaminator{os.getpid()}"
# RFC 2544's block for tests is nobody's. Several tests may run at once.
OUTSIDE: Final = f"198.18.{os.getpid() % 250}.1"
INSIDE: Final = f"198.18.{os.getpid() % 250}.2"
PROXY_PORT: Final = 3128
_BUFFER: Final = 64 * 1024


@contextlib.contextmanager
def network() -> Iterator[str]:
    """Lay the cable and give the path of the machine's end. A package index is reached through a proxy here."""
    here, there = f"eg{os.getpid()}a"[-15:], f"eg{os.getpid()}b"[-15:]
    _ip("netns", "add", NAME)
    try:
        _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", NAME)
        _ip("address", "add", f"{OUTSIDE}/24", "dev", here)
        _ip("link", "set", here, "up")
        for arguments in (
            ("link", "set", "lo", "up"),
            ("address", "add", f"{INSIDE}/24", "dev", there),
            ("link", "set", there, "up"),
        ):
            _ip("-netns", NAME, *arguments)
        proxy = ThreadingHTTPServer((OUTSIDE, PROXY_PORT), _Proxy)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield f"/run/netns/{NAME}"
        finally:
            proxy.shutdown()
            proxy.server_close()
    finally:
        _ip("netns", "delete", NAME)  # and with it the cable


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


class _Proxy(BaseHTTPRequestHandler):
    """Passes on what apt and pip ask for."""

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=60) as far:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: far, far: self.connection}
            while True:
                for end in select.select(list(ends), [], [], 120)[0] or [None]:
                    data = end.recv(_BUFFER) if end else b""
                    if not data or end is None:
                        return
                    ends[end].sendall(data)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        with socket.create_connection((url.hostname or "", url.port or 80), timeout=60) as far:
            lines = [
                f"GET {url.path}?{url.query}".rstrip("?") + " HTTP/1.1",
                *self._headers(),
                "Connection: close",
                "",
                "",
            ]
            far.sendall("\r\n".join(lines).encode())
            with far.makefile("rb") as answer:
                shutil.copyfileobj(answer, self.wfile)
        self.close_connection = True

    def _headers(self) -> list[str]:
        left_out = {"connection", "proxy-connection"}
        return [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in left_out]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server's name
        """Say nothing of each request."""
