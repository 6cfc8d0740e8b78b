"""Debian's Prometheus, unpacked by tests/install-tools.sh, and run as it is."""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "egzaminator-tests" / "prometheus"
PROMTOOL: Final = str(CACHE / "usr" / "bin" / "promtool")
_PATIENCE: Final = 60


def can_run_prometheus() -> bool:
    """Return whether the programs are there and run on this machine."""
    return (
        Path(PROMTOOL).exists()
        and subprocess.run([PROMTOOL, "--version"], capture_output=True, check=False).returncode == 0
    )


@contextlib.contextmanager
def prometheus(configuration: Path) -> Generator[Callable[[str], Any]]:
    """Run Prometheus with a configuration, and give a function that asks its API: "/api/v1/alerts"."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    server = subprocess.Popen(
        [
            CACHE / "usr" / "bin" / "prometheus",
            f"--config.file={configuration}",
            f"--storage.tsdb.path={configuration.parent / 'data'}",
            f"--web.listen-address={address}",
            "--log.level=error",
        ]
    )

    def ask(path: str) -> Any:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as response:
            return json.load(response)["data"]

    try:
        wait_for(lambda: _answers(ask))
        yield ask
    finally:
        server.kill()
        server.wait(10)


def wait_for(is_true: Callable[[], bool]) -> None:
    """Wait until something is true, for a minute at most."""
    until = time.monotonic() + _PATIENCE
    while not is_true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.2)


def _answers(ask: Callable[[str], Any]) -> bool:
    try:
        ask("/api/v1/status/runtimeinfo")
    except OSError:
        return False
    return True
