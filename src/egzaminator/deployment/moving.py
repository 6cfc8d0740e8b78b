"""Moving a server from one release to another: its files, the link, its services."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from egzaminator.deployment.commands import say
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.files import move_files, reload_nginx, require_good_nginx
from egzaminator.deployment.layout import Layout, Release
from egzaminator.deployment.services import restart_services

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def move(layout: Layout, *, before: Release, after: Release) -> None:
    """Move the server to another release, one process at a time, until the site is ready. Raise `DeploymentError`.

    Each step may be done again, so whatever stops it, doing all of it again ends it.
    """
    moved = move_files(layout, before=before, after=after)
    require_good_nginx(layout, otherwise="nginx does not accept the release's configuration.")
    layout.switch(after)
    say("Restarting one process at a time:")
    restart_services(layout, after, moved=moved)
    reload_nginx(layout)
    for path in moved.kept:
        say(
            f"  {path} stays as it is: the same lines were changed here and by the release. Compare it with "
            f"{after.deploy / path.name}, and see whether you need what is new there."
        )


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that stop a program into `DeploymentError`, so that what was begun is undone."""
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unstoppable() -> Iterator[None]:
    """Ignore the signals that stop a program: what is undone must be undone to its end."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise DeploymentError(f"It was stopped ({signal.Signals(number).name}).")
