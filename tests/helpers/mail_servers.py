"""Debian's Postfix and Dovecot, unpacked by tests/install-tools.sh and run in namespaces of their own.

They are never installed. A process in its own mount namespace sees the unpacked files above the machine's /usr; in its
own PID namespace all that it starts ends with it. Both take root, so elsewhere such tests are skipped.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from egzaminator.runtime.environment import ImapMailbox
from tests.helpers.certificates import make_certificate

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "egzaminator-tests" / "mail-servers"
_NOBODY: Final = 65534
# Puts the unpacked files above the machine's, in this namespace alone, and becomes the command that follows.
_OVERLAY: Final = """
set -e
mount -t tmpfs none /mnt
mkdir /mnt/usr /mnt/work
mount -t overlay overlay -o lowerdir="$1/usr:/usr" /usr
shift
exec "$@"
"""
_NAMESPACE: Final = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


def in_namespace(*command: str, without_network: bool = False) -> list[str]:
    """Return the command line that runs a command in a namespace with the unpacked servers."""
    network = ["--net"] if without_network else []
    return [*_NAMESPACE, *network, "sh", "-c", _OVERLAY, "sh", str(CACHE), *command]


def can_run_servers() -> bool:
    """Return whether the servers are there and this process may make namespaces."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not (CACHE / "usr" / "sbin" / "dovecot").exists():
        return False
    return (
        subprocess.run(in_namespace("/usr/sbin/dovecot", "--version"), capture_output=True, check=False).returncode == 0
    )


@contextlib.contextmanager
def dovecot(monkeypatch: pytest.MonkeyPatch) -> Generator[ImapMailbox]:
    """Run an IMAP server, trusted by this process, and give its only mailbox, which is empty."""
    # Not below pytest's folders: these are their maker's alone, and the server reads the mailbox as nobody.
    with tempfile.TemporaryDirectory(prefix="egzaminator-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield from _run_dovecot(folder, monkeypatch)


def _run_dovecot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[ImapMailbox]:
    make_certificate(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    home = folder / "home"
    for name in ("", "Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"):
        (home / name).mkdir()
        os.chown(home / name, _NOBODY, _NOBODY)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = folder / "dovecot.conf"
    configuration.write_text(_DOVECOT.format(folder=folder, port=port, nobody=_NOBODY))
    server = subprocess.Popen(
        in_namespace("/usr/sbin/dovecot", "-F", "-c", str(configuration)), stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield ImapMailbox("localhost", port, "bounce", "secret", "INBOX")
    finally:
        server.kill()
        server.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.02)
        else:
            return


_DOVECOT: Final = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
default_internal_user = daemon
default_internal_group = daemon
default_login_user = nobody
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/home
}}
mail_location = maildir:{folder}/home/Maildir
"""
