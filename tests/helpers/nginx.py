"""Debian's nginx, unpacked by tests/install-tools.sh, with `deploy/nginx.conf` as it is but for its ports and paths."""

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.helpers.certificates import make_certificate

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
_CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "egzaminator-tests"
NGINX: Final = str(_CACHE / "nginx" / "usr" / "sbin" / "nginx")
_CONFIGURATION: Final = (DEPLOY / "nginx.conf").read_text()
_PATIENCE: Final = 30
# What Debian's own nginx.conf says around the site's, with everything in one folder.
_AROUND: Final = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{}}
http {{
    types {{ text/html html; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/egzaminator.conf;
}}
"""


def group_of(method: str, path: str) -> str:
    """Return the upstream that a request is passed on to, by the map's own expressions."""
    body: str
    (body,) = re.findall(r'map "\$request_method \$uri" \$group \{\n(.*?)\n\}', _CONFIGURATION, re.DOTALL)
    default, *rules = (line.strip() for line in body.splitlines())
    for rule in rules:
        expression, group = rule.removesuffix(";").rsplit(" ", 1)
        if re.search(expression.strip('"').removeprefix("~"), f"{method} {path}"):
            return group
    return default.removesuffix(";").removeprefix("default ")


def can_run_nginx() -> bool:
    """Return whether the program is there and runs on this machine."""
    return Path(NGINX).exists() and subprocess.run([NGINX, "-v"], capture_output=True, check=False).returncode == 0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def configure(folder: Path, *, plain: int, tls: int, pages: int, log_ins: int) -> Path:
    """Write the site's configuration with other ports, and what is around it. Return the latter's file."""
    make_certificate(folder)
    text = _CONFIGURATION
    for told, own in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "/etc/egzaminator/tls/fullchain.pem": f"{folder}/server.pem",
        "/etc/egzaminator/tls/privkey.pem": f"{folder}/server.pem",
        "/var/log/nginx/": f"{folder}/",
        "/etc/egzaminator/pages": str(DEPLOY),
        "127.0.0.1:8000": f"127.0.0.1:{pages}",
        "127.0.0.1:8001": f"127.0.0.1:{log_ins}",
    }.items():
        assert told in text, told
        text = text.replace(told, own)
    (folder / "egzaminator.conf").write_text(text)
    around = folder / "nginx.conf"
    around.write_text(_AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return around


@contextlib.contextmanager
def nginx(configuration: Path, *, port: int) -> Iterator[None]:
    """Run nginx during the block, which begins when it listens at a port."""
    server = subprocess.Popen([NGINX, "-c", configuration, "-e", configuration.parent / "start.log"])
    deadline = time.monotonic() + _PATIENCE
    try:
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            assert server.poll() is None, (configuration.parent / "start.log").read_text()
            assert time.monotonic() < deadline, "nginx does not start"
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.wait(_PATIENCE)
