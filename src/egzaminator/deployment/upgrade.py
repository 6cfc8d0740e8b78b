"""Bringing a server to a newer release: `deploy/upgrade WHEEL`.

It is run from the wheel, before that is installed, by Debian's Python: so this module and what it imports need the
standard library alone.
"""

import os
import sys
import time
from pathlib import Path

from egzaminator import __version__
from egzaminator.deployment.commands import fail, in_sandbox, run, say, stop_sandbox
from egzaminator.deployment.contractions import CONTRACTIONS
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.files import move_files, require_good_nginx
from egzaminator.deployment.layout import Change, Layout, Release, version_key
from egzaminator.deployment.making import make_release, remove_others, remove_release, require_space
from egzaminator.deployment.moving import move, stoppable, unstoppable


def main() -> None:
    """Upgrade this machine to the release of the wheel that the argument names."""
    if os.geteuid() != 0:
        fail(DeploymentError("Only root can upgrade the service. Log in as root, or start it with sudo."))
    os.umask(0o022)
    try:
        with stoppable():
            upgrade(Layout(), Path(sys.argv[1]))
    except DeploymentError as error:
        fail(error)


def upgrade(layout: Layout, wheel: Path) -> None:
    """Upgrade a server to the release that this module is of. Raise `DeploymentError`; the site runs then as before.

    A killed upgrade is completed by another one, or undone by a rollback.
    """
    began = time.monotonic()
    layout.current()  # refuses what has no place for a lock
    with layout.locked():
        current, after = layout.current(), layout.release(__version__)
        unfinished = layout.unfinished()
        _require_possible(current, after, unfinished)
        before = layout.release(unfinished.older) if unfinished else current
        if current != after:
            say(f"From {before.version} to {after.version}.")
            if after.complete.exists():  # it may have moved files before it was killed
                move_files(layout, before=after, after=before)
            _prepare(layout, before, after, wheel)
        else:
            say(f"The upgrade from {before.version} to {after.version} was stopped. It goes on where the site is.")
        _move(layout, before, after)
        for release in remove_others(layout, kept=[before, after]):
            say(f"Removed {release.folder}.")
        try:
            _finish(after)
        finally:
            layout.end()
    say(f"{after.version} runs, after {time.monotonic() - began:.0f} seconds. Back to {before.version}: {_BACK}")


def _require_possible(current: Release, after: Release, unfinished: Change | None) -> None:
    """Raise `DeploymentError` if there is no way from the current release to this one."""
    if unfinished:
        if after.version != unfinished.newer:
            raise DeploymentError(
                f"A change between {unfinished.older} and {unfinished.newer} was begun and has not ended. Complete it "
                f"with the wheel of {unfinished.newer}, or return to {unfinished.older}: {_BACK}"
            )
        return
    if current == after:
        raise DeploymentError(f"{after.version} is what runs. Nothing was changed.")
    if version_key(after.version) < version_key(current.version):
        raise DeploymentError(
            f"{after.version} is older than {current.version}, which runs. Nothing was changed. To return to the "
            f"release before: {_BACK}"
        )
    needed = [since for since in CONTRACTIONS.values() if version_key(since) > version_key(current.version)]
    if needed:
        oldest = max(needed, key=version_key)
        raise DeploymentError(
            f"{after.version} takes away from the database what {current.version} still needs while it runs. Nothing "
            f"was changed. Upgrade to {oldest} first, and then to {after.version}."
        )


def _prepare(layout: Layout, before: Release, after: Release, wheel: Path) -> None:
    """Do everything that the running release does not notice. Raise `DeploymentError`, with the new release removed."""
    require_space(layout, like=before)
    nothing = f"Nothing was changed; {before.version} runs."
    require_good_nginx(layout, otherwise=f"nginx does not accept its configuration. {nothing} Correct it first.")
    stop_sandbox()
    say("Backing up…")
    run(
        *("systemctl", "start", "egzaminator-backup.service"),
        otherwise=f"The backup failed. {nothing} Its log: journalctl -u egzaminator-backup -n 20",
    )
    layout.begin(Change(before.version, after.version))
    try:
        say("Installing beside…")
        make_release(after, wheel=wheel)
        say("Checking…")
        in_sandbox(
            after, "check", "--deploy", "--fail-level", "WARNING", otherwise="The new release refuses the settings."
        )
        say("Migrating while the site runs…")
        in_sandbox(
            after,
            *("migrate", "--no-input", "--verbosity", "0"),
            otherwise="A migration failed, and was undone.",
            # The running site waits behind a migration that waits for a lock.
            setting="PGOPTIONS=-c lock_timeout=10s",
        )
    except BaseException as error:  # noqa: BLE001 -- whatever stops it, nothing may be left
        with unstoppable():
            remove_release(after)
            layout.end()
        raise DeploymentError(
            f"{error}\n\n{before.version} runs as before; {after.version} was removed. {_AGAIN}"
        ) from None


def _move(layout: Layout, before: Release, after: Release) -> None:
    """Move the server to the new release, or back if that fails. Raise `DeploymentError`."""
    try:
        move(layout, before=before, after=after)
    except BaseException as error:  # noqa: BLE001 -- whatever stops it, the site has to run
        with unstoppable():
            say(f"{error}\nGoing back to {before.version}.")
            try:
                move(layout, before=after, after=before)
            except DeploymentError as second:
                words = f"{before.version} does not run either:\n{second}\n\nThe link leads to {before.version}."
                raise DeploymentError(
                    f"{error}\n\n{words} {_BACK} tries it again. The log: journalctl -u 'egzaminator-*' -n 100. The "
                    "newest backup in BACKUP_DIR is from before the upgrade."
                ) from None
            layout.end()
        raise DeploymentError(
            f"{error}\n\n{before.version} runs again, on the database as it is now. {_AGAIN}"
        ) from None


def _finish(after: Release) -> None:
    """Create the default pages that are new, and index them. The site runs already."""
    for command in ("load_pages", "update_index"):
        in_sandbox(
            after,
            command,
            otherwise=f"{after.version} runs, but `egzaminator {command}` failed. Mend the reason and run it again:",
        )


_BACK = "/opt/egzaminator/current/deploy/rollback"
_AGAIN = "Keep these lines: they say what to mend, or what to report. Then start the upgrade again."

if __name__ == "__main__":
    main()
