"""What is killed comes back by itself."""

import contextlib
import http.client
import re

from tests.installation.https import is_up
from tests.installation.machine import CommandError, Machine
from tests.installation.step_walk import log_in, visitor
from tests.installation.steps import World, step, wait_until


def main_process(machine: Machine, unit: str) -> int:
    """Return the main process of a unit, 0 if it has none."""
    return int(machine.run("systemctl", "show", "--property=MainPID", "--value", unit).strip() or 0)


def is_worker_there(machine: Machine) -> bool:
    """Return whether a worker says that it lives."""
    with contextlib.suppress(CommandError):
        return bool(re.search(r"^OK +worker ", machine.run("egzaminator", "status", codes=range(4)), re.MULTILINE))
    return False


@step("a worker that is killed comes back")
def worker(world: World) -> str:
    unit = "egzaminator-worker@1.service"
    before = main_process(world.machine, unit)
    world.machine.sh(f"kill -KILL {before}")
    took = wait_until(lambda: main_process(world.machine, unit) not in (0, before), "another process")
    wait_until(lambda: is_worker_there(world.machine), "a worker at work")
    return f"after {took:.1f} s"


@step("web servers that are killed come back")
def web(world: World) -> str:
    listed = world.machine.sh("systemctl list-units --plain --no-legend 'egzaminator-*.service' --state=running")
    units = [line.split()[0] for line in listed.splitlines() if "worker" not in line]
    for unit in units:
        world.machine.sh(f"kill -KILL {main_process(world.machine, unit)}")
    took = wait_until(lambda: all(main_process(world.machine, unit) for unit in units), "other processes")
    took += wait_until(lambda: is_up(world) and is_up(world, "/konto/logowanie/"), "pages")
    return f"{', '.join(units)} after {took:.1f} s"


@step("PostgreSQL is killed, and all comes back")
def postgresql(world: World) -> str:
    world.machine.sh("kill -KILL $(head -n 1 /var/lib/postgresql/*/main/postmaster.pid)")
    took = wait_until(lambda: "1" in _ask(world), "the database", seconds=120)
    wait_until(lambda: is_up(world, "/readyz") and is_up(world, "/konto/logowanie/"), "pages")
    wait_until(lambda: is_worker_there(world.machine), "a worker at work")
    with visitor() as anna:
        log_in(anna)
    return f"after {took:.1f} s, with a log-in"


def _ask(world: World) -> str:
    try:
        return world.machine.psql("SELECT 1")
    except (CommandError, OSError, http.client.HTTPException):
        return ""
