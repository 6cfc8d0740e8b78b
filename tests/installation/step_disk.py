"""The disk of the database fills up."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.installation.https import is_up
from tests.installation.machine import Machine
from tests.installation.step_walk import log_in, visitor
from tests.installation.steps import World, step, wait_until

_FILL = "dd if=/dev/zero of=/var/lib/postgresql/filler bs=1M 2>/dev/null || true"
_START = """
systemctl start postgresql
ours=$(systemctl list-unit-files --state=enabled --no-legend 'egzaminator-*' | cut -d' ' -f1)
systemctl start $(echo "$ours" | grep -v @) egzaminator-worker@1
"""
_ROWS = "SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM accounts_account)"


@contextmanager
def _small_disk(machine: Machine) -> Iterator[None]:
    """Put the database on a small disk of its own."""
    machine.sh(
        """
        systemctl stop 'egzaminator-*' postgresql
        mkdir /mnt/small
        mount -t tmpfs -o size=400m,mode=755 small /mnt/small
        cp -a /var/lib/postgresql/. /mnt/small
        mount --move /mnt/small /var/lib/postgresql 2>/dev/null || mount --bind /mnt/small /var/lib/postgresql
        """
    )
    machine.sh(_START)
    try:
        yield
    finally:
        machine.sh(
            """
            rm -f /var/lib/postgresql/filler
            systemctl stop 'egzaminator-*' postgresql
            mkdir -p ~/kept && cp -a /var/lib/postgresql/. ~/kept
            umount /var/lib/postgresql; umount /mnt/small 2>/dev/null || true
            rm -rf /var/lib/postgresql/* && cp -a ~/kept/. /var/lib/postgresql
            rm -rf ~/kept
            """
        )
        machine.sh(_START)


@step("a full disk of the database is told, and nothing is lost")
def full(world: World) -> str:
    machine = world.machine
    before = machine.psql(_ROWS)
    with _small_disk(machine):
        wait_until(lambda: is_up(world), "pages from the small disk")
        machine.sh(_FILL)
        told = machine.run("egzaminator", "status", codes=(2,))
        line = next(one for one in told.splitlines() if one.startswith("CRITICAL  database"))
        assert is_up(world)
        machine.sh("rm /var/lib/postgresql/filler")
        wait_until(lambda: is_up(world, "/readyz"), "readiness with room again")
        with visitor() as anna:
            log_in(anna)
    wait_until(lambda: is_up(world, "/konto/logowanie/"), "pages from the first disk")
    after = machine.psql(_ROWS)
    assert [int(one) for one in after.split("|")] >= [int(one) for one in before.split("|")]
    assert after.split("|")[1] == before.split("|")[1]
    return line
