import os
import socket
from pathlib import Path

import pytest

from egzaminator.runtime.service_manager import notify_ready


@pytest.mark.parametrize("is_abstract", [False, True])
def test_systemd_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_abstract: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    address = f"@egzaminator-{os.getpid()}" if is_abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0", 1) if is_abstract else address)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)

        notify_ready()
        notify_ready()  # what a program of ours starts must not tell it

        assert manager.recv(100) == b"READY=1"
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(100)


def test_nobody_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_ready()
