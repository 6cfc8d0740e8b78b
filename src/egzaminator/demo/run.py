import errno
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from egzaminator.cms.domain.load_pages import load_pages
from egzaminator.demo.announcement import announcement
from egzaminator.demo.child import Child
from egzaminator.demo.domain.choose_logins import choose_logins
from egzaminator.demo.domain.seed_demo import seed_demo
from egzaminator.demo.environment import write_environment
from egzaminator.demo.errors import DemoError
from egzaminator.demo.received import MAILBOX
from egzaminator.demo.static_files import collect_static
from egzaminator.demo.supervisor import Supervisor
from egzaminator.runtime import postgres
from egzaminator.runtime.operating_system import listening_error

# Seconds to wait for the port, which the processes of a demo that was just killed may still hold.
_PORT_PATIENCE: Final = 3.0


def run_demo(*, root: Path, environment: Mapping[str, str], listener: socket.socket | None) -> None:
    """Prepare the database, then run the site, the worker and the mailbox until asked to stop.

    `root` is the project's folder. `environment` holds the settings to store for commands that run beside the demo.
    `listener` is the mailbox's listening socket, or None if the e-mail goes to a real server.

    Raise `DemoError`, `OperationalError` or `OSError` if the demo cannot start or continue.
    """
    port: int = settings.DEMO_PORT
    _require_port(port)
    _say("Preparing the database…")
    if "DATABASE_URL" not in environment:
        postgres.hold(settings.DATA_DIR)  # the server lives as long as this process, and so as long as the demo
    call_command("migrate", verbosity=0, interactive=False)
    seed_demo()
    load_pages()
    logins = choose_logins()
    connections.close_all()
    write_environment(settings.DATA_DIR, environment)
    if not settings.DEBUG:
        collect_static()
    _say("Starting the site…")
    web = _web_server(root, port)
    helpers = [Child("worker", str(root / "manage.py"), "worker")]
    if listener is not None:
        handle = listener.fileno()
        folder = str(settings.DATA_DIR / MAILBOX)
        helpers.insert(0, Child("mailbox", "-m", "egzaminator.demo.mailbox", str(handle), folder, inherits=[handle]))
    with Supervisor(web, helpers, _say) as supervisor:
        if supervisor.wait_for_site(port):
            _say(announcement(port=port, logins=logins, has_mailbox=listener is not None))
            supervisor.watch()
        _say("Stopping…")


def _web_server(root: Path, port: int) -> Child:
    """Return the production web server or, for developers, Django's, which reloads when the working tree changes."""
    if settings.DEBUG:
        return Child("web server", str(root / "manage.py"), "runserver", f"127.0.0.1:{port}")
    return Child("web server", "-m", "egzaminator.demo.web", str(port))


def _require_port(port: int) -> None:
    deadline = time.monotonic() + _PORT_PATIENCE
    while problem := _port_problem(port):
        if time.monotonic() > deadline:
            raise DemoError(f"{problem} Choose another: make run PORT={port + 1}")
        time.sleep(0.1)


def _port_problem(port: int) -> str | None:
    error = listening_error("127.0.0.1", port)
    # Browsers try ::1 first for `localhost`, so they would show another program that listens there.
    other = listening_error("::1", port)
    if any(each and each.errno == errno.EADDRINUSE for each in (error, other)):
        return f"Another program listens on port {port}."
    return f"Port {port} cannot be used: {error.strerror}." if error else None


def _say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone; the processes must still be stopped in order
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
