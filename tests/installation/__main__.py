"""Tries the whole installation as an administrator would: `make test-install`, as root on Debian.

SUITE names the Debian (bookworm, trixie; both without it), UNTIL a part of the title of the last step.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import django

from egzaminator.backup.age import new_key
from egzaminator.runtime.environment import Security
from tests.helpers.certificates import make_certificate
from tests.helpers.dns_server import DnsServer
from tests.helpers.receiver import Receiver
from tests.installation.machine import booted
from tests.installation.network import INSIDE, OUTSIDE, network
from tests.installation.steps import HOST, PASSWORD, Declared, World, steps_of
from tests.installation.watcher import Watcher

_SUITES: Final = ("bookworm", "trixie")
_TOOLS: Final = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "ip": "iproute2"}
_DNS: Final = f"""
{HOST}. A {INSIDE}
poczta.oke.example. A {OUTSIDE}
"""


def main() -> int:
    """Try each Debian, and return 1 if a step failed."""
    if os.geteuid() != 0:
        print("Only root can boot a machine: sudo make test-install")
        return 1
    if missing := [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]:
        print(f"Something is missing: apt install {' '.join(missing)}")
        return 1
    os.environ["DJANGO_SETTINGS_MODULE"] = "egzaminator.settings"
    django.setup()
    from tests.installation.in_order import MODULES  # noqa: PLC0415 -- its steps import models

    suites = (os.environ.get("SUITE") or " ".join(_SUITES)).split()
    dist = Path(__file__).parents[2] / "dist"
    done = [_try(suite, dist, _chosen(steps_of(MODULES))) for suite in suites]
    return int(not all(done))


def _try(suite: str, dist: Path, steps: Sequence[Declared]) -> bool:
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="egzaminator-shared-")))
        namespace = stack.enter_context(network())
        stack.enter_context(DnsServer(_DNS, ip=OUTSIDE, port=53))
        context, authority = make_certificate(folder, host="poczta.oke.example")
        shutil.move(authority, folder / "relay-authority.pem")
        relay = Receiver(security=Security.STARTTLS, certificate=context, login=("board", PASSWORD), ip=OUTSIDE)
        stack.enter_context(relay)
        watcher = stack.enter_context(Watcher())
        done = []
        backup_key, found = new_key(), dict[str, str]()
        for number in sorted({one.machine for one in steps}):
            booting = time.monotonic()
            with booted(suite, namespace) as machine:
                _tell(suite, booting, "a fresh Debian boots")
                world = World(folder, dist, machine, relay, watcher, backup_key, found)
                done += [_do(one, world, suite) for one in steps if one.machine == number]
    _tell(suite, begun, f"in all: {sum(done)} of {len(done)} steps are well")
    return all(done)


def _chosen(steps: Sequence[Declared]) -> Sequence[Declared]:
    last = os.environ.get("UNTIL", "")
    ends = [number for number, one in enumerate(steps, 1) if last and last in one.title]
    return steps[: ends[-1] if ends else None]


def _do(one: Declared, world: World, suite: str) -> bool:
    begun = time.monotonic()
    try:
        seen, is_well = one.do(world), True
    except Exception:  # noqa: BLE001 -- the other steps tell more
        seen, is_well = f"FAILED\n{traceback.format_exc()}", False
    _tell(suite, begun, f"{one.title}: {seen}")
    return is_well


def _tell(suite: str, begun: float, words: str) -> None:
    print(f"{suite} {time.monotonic() - begun:6.1f} s  {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
