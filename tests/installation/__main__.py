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
from pathlib import Path
from typing import Final

import django

from egzaminator.runtime.environment import Security
from tests.helpers.certificates import make_certificate
from tests.helpers.dns_server import DnsServer
from tests.helpers.receiver import Receiver
from tests.installation.machine import booted
from tests.installation.network import INSIDE, OUTSIDE, network
from tests.installation.steps import HOST, Step, World, all_steps

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
    from tests.installation import in_order  # noqa: F401, PLC0415 -- its steps import models

    suites = (os.environ.get("SUITE") or " ".join(_SUITES)).split()
    dist = Path(__file__).parents[2] / "dist"
    done = [_try(suite, dist) for suite in suites]
    return int(not all(done))


def _try(suite: str, dist: Path) -> bool:
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="egzaminator-shared-")))
        namespace = stack.enter_context(network())
        stack.enter_context(DnsServer(_DNS, ip=OUTSIDE, port=53))
        context, authority = make_certificate(folder, host="poczta.oke.example")
        shutil.move(authority, folder / "relay-authority.pem")
        relay = Receiver(security=Security.STARTTLS, certificate=context, login=("board", "p@ss word'$1"), ip=OUTSIDE)
        stack.enter_context(relay)
        machine = stack.enter_context(booted(suite, namespace))
        print(f"{suite}: {time.monotonic() - begun:6.1f} s  a fresh Debian boots", flush=True)
        world = World(suite, namespace, folder, dist, machine, relay)
        done = [_do(title, do, world) for title, do in _chosen()]
    print(f"{suite}: {time.monotonic() - begun:6.1f} s  in all; {sum(done)} of {len(done)} steps are well", flush=True)
    return all(done)


def _chosen() -> list[tuple[str, Step]]:
    last = os.environ.get("UNTIL", "")
    steps = all_steps()
    ends = [number for number, (title, _) in enumerate(steps, 1) if last and last in title]
    return steps[: ends[-1] if ends else None]


def _do(title: str, do: Step, world: World) -> bool:
    begun = time.monotonic()
    try:
        seen, is_well = do(world), True
    except Exception:  # noqa: BLE001 -- the other steps tell more
        seen, is_well = f"FAILED\n{traceback.format_exc()}", False
    print(f"{world.suite}: {time.monotonic() - begun:6.1f} s  {title}: {seen}", flush=True)
    return is_well


if __name__ == "__main__":
    sys.exit(main())
