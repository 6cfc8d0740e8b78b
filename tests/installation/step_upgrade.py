"""Upgrades to releases that are made up, and back, while requests come by the clock."""

import re
from collections.abc import Mapping

from egzaminator import __version__
from tests.helpers.made_up_release import EXPANDING, FAILING, MIGRATION, make_up_release
from tests.installation.clock import Clock
from tests.installation.machine import HOME, Machine
from tests.installation.step_kills import main_process
from tests.installation.steps import World, step, wait_until

_NEXT = "9.0.0"
_ROLLBACK = "/opt/egzaminator/current/deploy/rollback"


def put_wheel(world: World, version: str, files: Mapping[str, str]) -> str:
    """Put a made-up release on the server, beside what it needs. Return its folder there."""
    folder = world.machine.root / "root" / version
    make_up_release(world.dist, folder, version=version, files=files)
    return f"{HOME}/{version}"


def upgrade(machine: Machine, folder: str, *, code: int = 0) -> str:
    return machine.sh(f"sh {folder}/upgrade {folder}/*.whl", codes=(code,))


def version_of(machine: Machine) -> str:
    return machine.run("egzaminator", "--version").split()[-1]


def services(machine: Machine) -> dict[str, str]:
    """Return which release each running service runs."""
    units = machine.sh("systemctl list-units --plain --no-legend --state=running 'egzaminator-*.service'")
    found = {}
    for line in units.splitlines():
        unit = line.split()[0]
        pid = machine.run("systemctl", "show", "--property=MainPID", "--value", unit).strip()
        command = machine.sh(f"tr '\\0' ' ' </proc/{pid}/cmdline")  # whose interpreter is in the release's folder
        (found[unit],) = re.findall(r"^/opt/egzaminator/releases/([^/]+)/", command)
    return found


@step("an upgrade whose migration fails goes back by itself")
def failing(world: World) -> str:
    folder = put_wheel(world, "8.0.0", {MIGRATION: FAILING})
    before = services(world.machine)
    with Clock(world) as clock:
        told = upgrade(world.machine, folder, code=1)
    assert "A migration failed, and was undone." in told, told
    assert 'column "no_such_column" does not exist' in told, told
    assert f"{__version__} runs as before; 8.0.0 was removed." in told, told
    assert services(world.machine) == before
    assert "half_done" not in world.machine.psql(
        "SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = 'register_examiner'::regclass"
    )
    assert clock.refused == [], clock.refused[:5]
    return str(clock)


@step("upgraded to the next release, and nothing is refused")
def to_the_next(world: World) -> str:
    folder = put_wheel(world, _NEXT, {MIGRATION: EXPANDING})
    with Clock(world) as clock:
        told = upgrade(world.machine, folder)
    assert version_of(world.machine) == _NEXT
    assert set(services(world.machine).values()) == {_NEXT}
    assert clock.refused == [], clock.refused[:5]
    return f"{told.splitlines()[-1]} {clock}"


@step("and back, by hand")
def back(world: World) -> str:
    with Clock(world) as clock:
        told = world.machine.run(_ROLLBACK)
    assert set(services(world.machine).values()) == {__version__}
    assert clock.refused == [], clock.refused[:5]
    return f"{told.splitlines()[-1]} {clock}"


@step("an upgrade that is killed is completed by another one")
def killed(world: World) -> str:
    folder = f"{HOME}/{_NEXT}"
    with Clock(world) as clock:
        told = world.machine.sh(
            f"""
            sh {folder}/upgrade {folder}/*.whl >~/upgrade.log 2>&1 &
            until grep -q Restarting ~/upgrade.log; do sleep 0.1; done
            kill -KILL $!
            """
        )
        again = upgrade(world.machine, folder)
    assert "was stopped. It goes on where the site is." in again, told + again
    assert set(services(world.machine).values()) == {_NEXT}
    assert clock.refused == [], clock.refused[:5]
    world.machine.run(_ROLLBACK)
    return str(clock)


@step("restarts and killed workers refuse nothing")
def restarts(world: World) -> str:
    with Clock(world) as clock:
        world.machine.sh("systemctl restart egzaminator-web egzaminator-logins 'egzaminator-worker@*'")
        before = main_process(world.machine, "egzaminator-worker@1.service")
        world.machine.sh(f"kill -KILL {before}")
        wait_until(
            lambda: main_process(world.machine, "egzaminator-worker@1.service") not in {before, 0}, "another worker"
        )
    assert clock.refused == [], clock.refused[:5]
    return str(clock)
