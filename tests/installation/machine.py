"""A fresh Debian, made by debootstrap and booted by systemd-nspawn: systemd is real in it."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.installation.network import OUTSIDE, PROXY_PORT

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "egzaminator-tests" / "debian"
# What every installed Debian has and debootstrap's smallest one lacks.
_INCLUDED: Final = "systemd,systemd-sysv,dbus,libpam-systemd,ca-certificates,iproute2"
_MIRROR: Final = "http://deb.debian.org/debian"
_STOP_WITHIN: Final = 30  # seconds
HOME: Final = "/root"  # in the machine


class CommandError(Exception):
    """A command in the machine failed."""


def make_tree(suite: str) -> Path:
    """Return the folder of a fresh Debian, which debootstrap makes once."""
    tree = CACHE / suite
    if not tree.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{suite}-", dir=CACHE))
        try:
            subprocess.run(
                ["debootstrap", "--variant=minbase", f"--include={_INCLUDED}", suite, draft, _mirror()],
                stdout=subprocess.DEVNULL,
                check=True,
            )
            draft.chmod(0o755)
            draft.rename(tree)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return tree


def _mirror() -> str:
    """Return the Debian mirror of this machine."""
    sources = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    text = "\n".join(path.read_text() for path in sources if path.exists())
    found = re.search(r"^(?:URIs:|deb(?: \[.*\])?) *(https?://\S+/debian)/?(?:\s|$)", text, re.MULTILINE)
    return found.group(1) if found else _MIRROR


class Machine:
    """A booted Debian."""

    def __init__(self, root: Path, leader: int) -> None:
        self.root = root
        self._leader = leader

    def run(self, *command: str, text: str | None = None, codes: Sequence[int] = (0,)) -> str:
        """Run a command as root and return what it printed. Raise `CommandError` if it ends with another code."""
        # Not the user namespace, which is this machine's; root's own environment, and none of ours.
        enter = ["nsenter", "--target", str(self._leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
        clean = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", f"HOME={HOME}"]
        done = subprocess.run([*enter, *clean, *command], input=text, capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            raise CommandError(f"{' '.join(command)}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout + done.stderr

    def sh(self, script: str, codes: Sequence[int] = (0,)) -> str:
        """Run lines of shell as an administrator types them."""
        return self.run("sh", "-euc", script, codes=codes)

    def psql(self, query: str, database: str = "egzaminator") -> str:
        """Return what PostgreSQL's superuser reads."""
        psql = ["runuser", "-u", "postgres", "--", "psql", "--no-psqlrc", "-qAt", "-d", database, "-c", query]
        return self.run(*psql).strip()

    def write(self, path: str, content: str, mode: int = 0o644) -> None:
        """Write a file in it."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        file.chmod(mode)

    def journal(self, *arguments: str) -> str:
        """Return the journal."""
        return self.run("journalctl", "--no-pager", "--quiet", "--output=cat", *arguments)


@contextlib.contextmanager
def booted(suite: str, namespace: str) -> Iterator[Machine]:
    """Boot a fresh Debian on the network, and remove it in the end."""
    tree = make_tree(suite)
    folder = Path(tempfile.mkdtemp(prefix=f"egzaminator-{suite}-"))
    root = folder / "root"
    try:
        subprocess.run(["cp", "--archive", "--reflink=auto", tree, root], check=True)
        _connect(root)
        packages, wheels = CACHE / f"{suite}-packages", CACHE / "wheels"
        (packages / "partial").mkdir(parents=True, exist_ok=True)
        wheels.mkdir(exist_ok=True)
        with (folder / "console").open("w") as console:
            nspawn = subprocess.Popen(
                [
                    *(
                        "systemd-nspawn",
                        "--quiet",
                        f"--directory={root}",
                        f"--machine=egzaminator-{suite}-{os.getpid()}",
                        "--boot",
                    ),
                    *("--register=no", "--keep-unit", f"--network-namespace-path={namespace}", "--resolv-conf=off"),
                    # Downloads are kept from one run to the next.
                    *(f"--bind={packages}:/var/cache/apt/archives", f"--bind={wheels}:{HOME}/.cache/pip"),
                    "--console=pipe",
                ],
                # The newest systemd wants the unified hierarchy, which older hosts do not give by themselves.
                env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,  # Ctrl-C is for us alone, who then stop it
            )
        try:
            yield Machine(root, _wait_for_boot(nspawn, folder / "console"))
        finally:
            _stop(nspawn)
    finally:
        shutil.rmtree(folder)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _connect(root: Path) -> None:
    """Let apt and pip reach what they reach here: through the proxy, with this machine's trust and mirrors."""
    proxy = f"http://{OUTSIDE}:{PROXY_PORT}"
    apt = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
    checks = [line for line in apt.splitlines() if line.startswith("Acquire::Check-")]
    (root / "etc/apt/apt.conf.d/90test").write_text(
        "\n".join([*checks, f'Acquire::http::Proxy "{proxy}";', f'Acquire::https::Proxy "{proxy}";', ""])
    )
    (root / "etc/apt/apt.conf.d/docker-clean").unlink(missing_ok=True)
    (root / "etc/dpkg/dpkg.cfg.d/test").write_text("force-unsafe-io\n")  # it need not outlive a power cut
    own = root / "usr/local/share/ca-certificates"
    for certificate in Path("/usr/local/share/ca-certificates").rglob("*.crt"):
        shutil.copy(certificate, own)
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    shutil.copy(bundle, root / "etc/ssl/of-the-host.crt")
    config = subprocess.run(["pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    indexes = re.findall(r"^global\.(index-url|extra-index-url)='(https?://[^']*)'$", config, re.MULTILINE)
    lines = [f"{name} = {url}" for name, url in indexes]
    (root / "etc/pip.conf").write_text(
        "\n".join(["[global]", f"proxy = {proxy}", "cert = /etc/ssl/of-the-host.crt", *lines, ""])
    )
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text(f"nameserver {OUTSIDE}\n")


def _wait_for_boot(nspawn: subprocess.Popen[bytes], console: Path) -> int:
    """Return the machine's first process once it is up."""
    until = time.monotonic() + 90
    while time.monotonic() < until and nspawn.poll() is None:
        children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children").read_text().split()
        for child in children:
            with contextlib.suppress(OSError, CommandError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    machine = Machine(Path("/"), int(child))
                    state = machine.run("systemctl", "is-system-running", codes=range(256)).strip()
                    if state in {"running", "degraded"}:
                        return int(child)
        time.sleep(0.2)
    raise CommandError(f"The machine did not boot:\n{console.read_text(errors='replace')[-3000:]}")


def _stop(nspawn: subprocess.Popen[bytes]) -> None:
    """Power the machine off. A second Ctrl-C does not keep us from it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nspawn.send_signal(signal.SIGTERM)
    try:
        nspawn.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        leaders = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children").read_text().split()
        nspawn.kill()
        nspawn.wait()
        while any(Path(f"/proc/{leader}").exists() for leader in leaders):  # the kernel ends them with it
            time.sleep(0.1)
