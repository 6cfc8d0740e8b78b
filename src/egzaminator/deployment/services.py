"""Restarting what runs, one process at a time, and finding out whether the site answers."""

import http.client
import time
from typing import Final

from egzaminator.deployment.commands import run, say
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.files import Moved, daemons
from egzaminator.deployment.layout import Layout, Release

_DEFAULT_BIND: Final = "127.0.0.1:8000"
_PATIENCE: Final = 90.0  # seconds; a server that is slow to start is not one that failed
_PAUSE: Final = 0.2
_RUNNING: Final = "--state=active,activating,reloading,deactivating,failed"


def restart_services(layout: Layout, release: Release, *, moved: Moved) -> None:
    """Restart what runs, each once the one before is ready, and start what is new. Raise `DeploymentError`.

    What an administrator stopped stays stopped.
    """
    run("systemctl", "daemon-reload", otherwise="systemd did not read the units.")
    for unit in moved.added:
        run("systemctl", "enable", "--now", unit, otherwise=f"{unit} could not be started.")
    patterns = daemons(release)
    listed = run(
        *("systemctl", "list-units", "--plain", "--no-legend", "--full", "--type=service", _RUNNING, *patterns),
        otherwise="systemd did not say what runs.",
    )
    units = [line.split()[0] for line in listed.splitlines() if line.strip()]
    if not units:
        say("  Nothing ran, so nothing was restarted.")
        return
    for unit in sorted(units, key=lambda name: ("worker" in name, name)):
        say(f"  {unit}")
        run(
            *("systemctl", "restart", unit),
            otherwise=f"{unit} did not start. Its log: journalctl -u {unit} -n 50",
        )
        if "worker" not in unit:
            _wait_until_ready(_bind_of(layout, unit))


def _wait_until_ready(bind: str) -> None:
    """Wait until a web server serves pages. Raise `DeploymentError` with what it says if it does not."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        status, words = _ask(bind)
        if status == http.client.OK:
            return
        if time.monotonic() > deadline:
            raise DeploymentError(f"The site is not ready (http://{bind}/readyz):\n{words}")
        time.sleep(_PAUSE)


def _ask(bind: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(bind, timeout=_PATIENCE / 4)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, "\n".join(f"  {line}" for line in response.read().decode().splitlines())
    except (OSError, http.client.HTTPException) as error:
        return 0, f"  {error}"
    finally:
        connection.close()


def _bind_of(layout: Layout, unit: str) -> str:
    """Return where a unit of the web server listens: what its socket says or, without one, the settings."""
    socket = layout.root / "etc/systemd/system" / unit.replace(".service", ".socket")
    said_in = {socket: "ListenStream=", layout.settings: "BIND="}
    for file, name in said_in.items():
        for line in file.read_text().splitlines() if file.exists() else []:
            if line.startswith(name):
                return line.removeprefix(name).strip("'\" ")
    return _DEFAULT_BIND
