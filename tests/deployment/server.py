"""A server in a folder: releases, units, and programs of the system that do what the upgrade asks of them.

They are real programs on PATH. `systemctl` restarts nothing, but writes down which release a service runs; the
releases' command keeps a list of migrations instead of a database.
"""

import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from egzaminator.deployment.layout import Layout

PACKAGE: Final = Path(__file__).parents[2] / "src" / "egzaminator"
SERVICES: Final = ["egzaminator-web.service", "egzaminator-worker@1.service", "egzaminator-worker@2.service"]
NGINX: Final = "server_name konta.example.pl;\n\n\n\nclient_max_body_size 1m;\n\n\n\ngzip off;\n"

# Counts the programs that are started, and kills who started one: before it has done its work, or after that.
_STEP: Final = """#!/bin/sh
set -eu
echo "$(basename "$0") $*" >>"$SERVER/log"
step=$(wc -l <"$SERVER/log")
[ "${KILL_BEFORE:-}" != "$step" ] || { kill -9 "$PPID"; exit 1; }
trap '[ "${KILL_AFTER:-}" != "$step" ] || kill -9 "$PPID"' EXIT
"""
_SYSTEMCTL: Final = """
version() { basename "$(readlink "$SERVER/opt/egzaminator/current")"; }
case "$1" in
    list-units) cd "$SERVER/running"; for unit in $(ls); do echo "$unit loaded active running"; done ;;
    restart)
        [ -z "${PAUSE:-}" ] || { touch "$SERVER/paused"; while [ -e "$SERVER/paused" ]; do sleep 0.05; done; }
        version >"$SERVER/running/$2"
        if [ -e "$SERVER/opt/egzaminator/current/broken-$2" ]; then echo "Job for $2 failed." >&2; exit 1; fi ;;
    start) [ ! -e "$SERVER/no-backup" ] || { echo "Job for $2 failed." >&2; exit 1; } ;;
    enable) touch "$SERVER/enabled-$3" ;;
    disable) rm -f "$SERVER/enabled-$3" ;;
esac
"""
_SYSTEMD_RUN: Final = """
while [ "${1#--}" != "$1" ]; do shift; done
"$@"
"""
_NGINX: Final = """
! grep -q broken "$SERVER/etc/nginx/conf.d/egzaminator.conf" || { echo "nginx: [emerg] broken" >&2; exit 1; }
"""
# Makes a folder whose python installs a wheel by unpacking it.
_PYTHON: Final = """
mkdir -p "$3/bin" "$3/lib/python3.11/site-packages"
cp "$SERVER/programs/venv-python" "$3/bin/python"
"""
_VENV_PYTHON: Final = """
here=$(dirname "$(dirname "$0")")
for last; do :; done
case "$last" in
    *requirements.txt) cat "$last" >/dev/null ;;
    *.whl) cd "$here/lib/python3.11/site-packages"; unzip -q "$last"; cp egzaminator/command "$here/bin/egzaminator"
        chmod +x "$here/bin/egzaminator"; cp egzaminator/broken-* "$here" 2>/dev/null || true ;;
esac
"""
_COMMAND: Final = """#!/bin/sh
set -eu
known="$(dirname "$(dirname "$0")")/lib/python3.11/site-packages/egzaminator/migrations"
case "$1" in
    check) if [ -e "$SERVER/unsafe" ]; then echo "DEMO is set (egzaminator.E001)"; exit 1; fi ;;
    migrate)
        for name in $(cat "$known"); do
            if grep -qx "$name" "$SERVER/database"; then continue; fi
            case "$name" in *fails) echo "psycopg.errors.UndefinedTable: no such table"; exit 1 ;; esac
            echo "$name" >>"$SERVER/database"
        done ;;
    unknown_migrations) grep -vxFf "$known" "$SERVER/database" || true ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int
    output: str
    words: str


def _end(process: "subprocess.Popen[str]") -> Ended:
    output, words = process.communicate(timeout=120)
    return Ended(process.returncode, output, words)


def write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@dataclass(frozen=True, slots=True)
class Made:
    """What a made-up release brings."""

    version: str
    migrations: tuple[str, ...] = ("register.0001_initial",)
    contractions: str = "{}"
    nginx: str = NGINX
    units: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    def files(self) -> dict[str, str]:
        deploy = "egzaminator/packaged/deploy"
        units = {
            name: (PACKAGE.parents[1] / "deploy" / name).read_text()
            for name in ("egzaminator-web.service", "egzaminator-worker@.service", "egzaminator-backup.service")
        }
        timers = dict.fromkeys(self.units, "[Timer]\n\n[Install]\nWantedBy=timers.target\n")
        contents = units | timers | {"nginx.conf": self.nginx, "egzaminator": f"#!/bin/sh\n# {self.version}\n"}
        return (
            {f"egzaminator/deployment/{path.name}": path.read_text() for path in (PACKAGE / "deployment").glob("*.py")}
            | {f"{deploy}/{name}": text for name, text in contents.items()}
            | {
                "egzaminator/__init__.py": f'__version__ = "{self.version}"\n',
                "egzaminator/deployment/contractions.py": f"CONTRACTIONS = {self.contractions}\n",
                "egzaminator/command": _COMMAND,
                "egzaminator/migrations": "\n".join(self.migrations) + "\n",
            }
            | {f"egzaminator/broken-{unit}": "" for unit in self.broken}
        )


@dataclass(frozen=True, slots=True)
class Server:
    """A server whose root is a folder."""

    root: Path
    port: int

    @property
    def layout(self) -> Layout:
        return Layout(self.root)

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.root / 'programs'}:{os.environ['PATH']}"
        return {"PATH": path, "SERVER": str(self.root)}

    def set_up(self, first: Made) -> None:
        """Install a release as `deploy/install` leaves it."""
        programs = {
            "systemctl": _SYSTEMCTL,
            "systemd-run": _SYSTEMD_RUN,
            "nginx": _NGINX,
            "python3": _PYTHON,
            "venv-python": _VENV_PYTHON,
        }
        for folder in ("programs", "running", "opt/egzaminator/releases", "etc/egzaminator", "etc/systemd/system"):
            (self.root / folder).mkdir(parents=True)
        for folder in ("etc/nginx/conf.d", "usr/local/bin", "dist"):
            (self.root / folder).mkdir(parents=True)
        for name, text in programs.items():
            write_program(self.root / "programs" / name, _STEP + text)
        (self.root / "dist/requirements.txt").touch()
        (self.root / "log").touch()
        (self.root / "etc/egzaminator/environment").write_text(f"SECRET_KEY=secret\nBIND=127.0.0.1:{self.port}\n")
        (self.root / "database").write_text("\n".join(first.migrations) + "\n")
        release = self.layout.release(first.version)
        subprocess.run(["python3", "-m", "venv", release.folder], env=self.environment, check=True)
        wheel = self.wheel(first)
        subprocess.run([release.folder / "bin/python", wheel], env=self.environment, check=True)
        release.deploy.symlink_to("lib/python3.11/site-packages/egzaminator/packaged/deploy")
        release.complete.touch()
        self.layout.switch(release)
        for path in release.deploy.iterdir():
            if path.suffix in {".service", ".timer"}:
                (self.root / "etc/systemd/system" / path.name).write_text(path.read_text())
        for unit in first.units:
            (self.root / f"enabled-{unit}").touch()
        self.nginx.write_text(first.nginx.replace("konta.example.pl", "konta.oke.pl"))
        (self.root / "usr/local/bin/egzaminator").write_text((release.deploy / "egzaminator").read_text())
        for service in SERVICES:
            (self.root / "running" / service).write_text(f"{first.version}\n")
        (self.root / "log").write_text("")

    @property
    def nginx(self) -> Path:
        return self.root / "etc/nginx/conf.d/egzaminator.conf"

    def wheel(self, made: Made) -> Path:
        wheel = self.root / f"dist/egzaminator-{made.version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in made.files().items():
                archive.writestr(name, text)
        return wheel

    def begin(self, module: str, *arguments: str, path: Path, **environment: str) -> "subprocess.Popen[str]":
        code = _MAIN.format(module=module, root=str(self.root), arguments=arguments)
        return subprocess.Popen(
            [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(path)!r})\n{code}"],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def upgrade(self, wheel: Path, **environment: str) -> Ended:
        return _end(self.begin("upgrade", str(wheel), path=wheel, **environment))

    def rollback(self, **environment: str) -> Ended:
        (packages,) = self.layout.current().folder.glob("lib/python3.11/site-packages")
        return _end(self.begin("rollback", path=packages, **environment))

    @property
    def log(self) -> list[str]:
        return (self.root / "log").read_text().splitlines()

    @property
    def running(self) -> dict[str, str]:
        return {unit: (self.root / "running" / unit).read_text().strip() for unit in SERVICES}

    @property
    def state(self) -> dict[str, str]:
        """What an upgrade may change, less the database."""
        folders = [self.root / "etc", self.root / "usr", self.root / "running"]
        files = {str(path): path.read_text() for folder in folders for path in folder.rglob("*") if path.is_file()}
        enabled = {path.name: "" for path in self.root.glob("enabled-*")}
        return files | enabled | {"current": self.layout.current().version, "unfinished": str(self.layout.unfinished())}


# `main` of a module, on a server in a folder, which is slow to answer for a second only.
_MAIN: Final = """
from pathlib import Path
from egzaminator.deployment import layout, services, {module}
services._PATIENCE = 1.0
{module}.Layout = lambda: layout.Layout(Path({root!r}))
{module}.os.geteuid = lambda: 0
sys.argv = [{module!r}, *{arguments!r}]
{module}.main()
"""


@contextmanager
def answering(root: Path) -> Iterator[int]:
    """Answer `/readyz` as the web service of a server in a folder would. Yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            version = (root / "running/egzaminator-web.service").read_text().strip()
            is_ready = not (root / "opt/egzaminator/releases" / version / "broken-readyz").exists()
            self.send_response(200 if is_ready else 503)
            self.end_headers()
            self.wfile.write(b"ok" if is_ready else b"unavailable\nCRITICAL keys")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the overridden method's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
