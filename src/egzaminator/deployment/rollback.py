"""Returning to the release before: `deploy/rollback`. It needs the standard library alone, as the upgrade does."""

import os

from egzaminator.deployment.commands import fail, in_sandbox, say, stop_sandbox
from egzaminator.deployment.contractions import CONTRACTIONS
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.layout import Change, Layout, Release, version_key
from egzaminator.deployment.moving import move, unstoppable


def main() -> None:
    """Return to the release before on this machine."""
    if os.geteuid() != 0:
        fail(DeploymentError("Only root can change the service. Log in as root, or start it with sudo."))
    os.umask(0o022)
    try:
        with unstoppable():
            rollback(Layout())
    except DeploymentError as error:
        fail(error)


def rollback(layout: Layout) -> None:
    """Return to the release before, or undo an upgrade that did not end. Raise `DeploymentError`."""
    layout.current()  # refuses what has no place for a lock
    with layout.locked():
        current = layout.current()
        unfinished = layout.unfinished()
        if unfinished:
            stop_sandbox()
            before, after = layout.release(unfinished.newer), layout.release(unfinished.older)
        else:
            before, after = current, _release_before(layout, current)
            _require_schema(before, after)
            layout.begin(Change(after.version, before.version))
        say(f"Back from {before.version} to {after.version}.")
        # A release that was not made whole has moved no file.
        move(layout, before=before if before.complete.exists() else after, after=after)
        layout.end()
    say(f"{after.version} runs. The database stays as it is.")


def _release_before(layout: Layout, current: Release) -> Release:
    older = [one for one in layout.releases() if version_key(one.version) < version_key(current.version)]
    if not older:
        raise DeploymentError(f"There is no release before {current.version} here. Nothing was changed.")
    return older[-1]


def _require_schema(current: Release, target: Release) -> None:
    """Raise `DeploymentError` if a release cannot run on the database as it is.

    What another release did to the database is in none of the two, so nobody here knows whether it can be missed.
    """
    strange = _unknown_migrations(current)
    if strange:
        raise DeploymentError(
            f"A release newer than {current.version} has changed the database ({strange[0]}), and nothing here says "
            f"whether {target.version} runs on that. Nothing was changed. Upgrade to that release instead."
        )
    for name in _unknown_migrations(target):
        since = CONTRACTIONS.get(name)
        if since is not None and version_key(since) > version_key(target.version):
            raise DeploymentError(
                f"{current.version} took away from the database what {target.version} needs ({name}). Nothing was "
                "changed. Only a restore of a backup from before the upgrade leads back, without everything since: "
                "docs/production.md, „Restoring”."
            )


def _unknown_migrations(release: Release) -> list[str]:
    told = in_sandbox(
        release, "unknown_migrations", otherwise=f"{release.version} cannot read the database. Nothing was changed."
    )
    return told.split()


if __name__ == "__main__":
    main()
