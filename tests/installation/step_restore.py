"""A second server, without a package index, has the first one's backup restored."""

import re
import shutil

from tests.installation.https import is_up
from tests.installation.network import OUTSIDE
from tests.installation.step_backup import _ROWS
from tests.installation.step_install import page_block, put_release
from tests.installation.step_walk import log_in, visitor
from tests.installation.steps import World, step, wait_until


@step("the packages are fetched, for a server without a package index")
def fetch(world: World) -> str:
    world.machine.sh(
        """
        cd ~/egzaminator
        /opt/egzaminator/current/bin/pip download --quiet --require-hashes --requirement requirements.txt --dest wheels
        """
    )
    shutil.move(world.machine.root / "root/egzaminator/wheels", world.folder / "wheels")
    return f"{len(list((world.folder / 'wheels').iterdir()))} of them"


@step("installed without a package index, with the keys of the first", machine=2)
def install(world: World) -> str:
    put_release(world.machine, world)
    shutil.move(world.folder / "wheels", world.machine.root / "root/egzaminator/wheels")
    world.machine.write("/etc/egzaminator/environment", (world.folder / "keys").read_text(), 0o640)
    world.machine.write("/etc/pip.conf", f"[global]\nproxy = http://{OUTSIDE}:9\n")  # where nothing listens
    world.machine.sh(page_block("### Installing"))
    return f"pages after {wait_until(lambda: is_up(world), 'pages'):.1f} s"


@step("restored by the page's own commands", machine=2)
def restore(world: World) -> str:
    machine = world.machine
    folder = machine.root / "var/backups/egzaminator"
    for path in folder.iterdir():
        path.unlink()
    archive = world.found["archive"]
    for name in (archive, f"{archive}.sha256", "journal"):
        shutil.copy(world.folder / name, folder)
    machine.write("/media/klucz/backup-key", world.backup_key[0] + "\n", 0o600)
    # A fresh installation has an administrator of its own, who gives way.
    commands = re.sub(
        r"\S+\.tar\.age", f"/var/backups/egzaminator/{archive} --replace egzaminator", page_block("### Restoring")
    )
    told = machine.sh(commands)
    assert machine.psql(_ROWS) == world.found["rows"]
    machine.sh("egzaminator held_mail --discard")
    below = (world.dist.parent / "docs/production.md").read_text().partition("### Restoring\n")[2]
    machine.sh(re.findall(r"```sh\n(.*?)```", below, re.DOTALL)[1])
    wait_until(lambda: is_up(world, "/konto/logowanie/"), "pages")
    with visitor() as anna:
        log_in(anna)
    return f"{len(told.splitlines())} lines, with a log-in by the password of the first server"


@step("it backs up by itself again, and its own key opens that", machine=2)
def back_up(world: World) -> str:
    for name in ("backup", "drill"):
        world.machine.run("systemctl", "start", f"egzaminator-{name}.service")
    return world.machine.run("egzaminator", "status", codes=(0, 1)).splitlines()[0]
