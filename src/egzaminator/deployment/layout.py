"""Where everything is on a server, and which release is the current one."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egzaminator.deployment.errors import DeploymentError

_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:\.dev(\d+)|rc(\d+))?")
_LAST: Final = 1 << 30


def version_key(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by: 0.3.0.dev1, 0.3.0rc1, 0.3.0. Raise `DeploymentError` for anything else."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise DeploymentError(f"{version} is no version of a release, such as 0.3.0.")
    *numbers, dev, candidate = match.groups()
    before = (0, int(dev)) if dev else (1, int(candidate)) if candidate else (2, _LAST)
    return (*map(int, numbers), *before)


@dataclass(frozen=True, slots=True)
class Release:
    """A release's folder: a virtual environment with that release, and a link `deploy` to the files it brings."""

    folder: Path

    @property
    def version(self) -> str:
        """Its version, which is its folder's name."""
        return self.folder.name

    @property
    def program(self) -> Path:
        """Its command `egzaminator`."""
        return self.folder / "bin" / "egzaminator"

    @property
    def deploy(self) -> Path:
        """Its units, the configuration of nginx, and scripts."""
        return self.folder / "deploy"

    @property
    def complete(self) -> Path:
        """The file that is there once all the others are."""
        return self.folder / "complete"


@dataclass(frozen=True, slots=True)
class Change:
    """The two releases between which the server is while an upgrade or a rollback has not ended."""

    older: str
    newer: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of a server."""

    root: Path = Path("/")

    @property
    def base(self) -> Path:
        """The folder of all releases."""
        return self.root / "opt/egzaminator"

    @property
    def settings(self) -> Path:
        """The file with the service's settings."""
        return self.root / "etc/egzaminator/environment"

    @property
    def _current(self) -> Path:
        return self.base / "current"

    @property
    def _unfinished(self) -> Path:
        return self.base / "unfinished"

    def release(self, version: str) -> Release:
        """Return the release of a version, which may not be there yet."""
        return Release(self.base / "releases" / version)

    def releases(self) -> list[Release]:
        """Return the releases that are there, the oldest first."""
        folders = (self.base / "releases").iterdir()
        there = [Release(folder) for folder in folders if folder.is_dir() and _VERSION.fullmatch(folder.name)]
        return sorted(there, key=lambda release: version_key(release.version))

    def current(self) -> Release:
        """Return the current release. Raise `DeploymentError` if the server is not laid out for releases."""
        if (self.base / ".git").exists():
            raise DeploymentError(_CLONE)
        if not self._current.is_symlink() or not self._current.is_dir():
            raise DeploymentError(f"{self._current} is no link to a release: install one with deploy/install.")
        return Release(self._current.resolve())

    def switch(self, release: Release) -> None:
        """Make a release the current one. At each moment the link leads to one of the two."""
        beside = self.base / "current.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(Path("releases") / release.version)
        beside.rename(self._current)
        _sync(self.base)

    def unfinished(self) -> Change | None:
        """Return what an upgrade or a rollback that did not end was between, if there was one."""
        try:
            older, newer = self._unfinished.read_text().split()
        except FileNotFoundError:
            return None
        return Change(older, newer)

    def begin(self, change: Change) -> None:
        """Write down what is begun, so that it can be ended after whatever stops it."""
        beside = self.base / "unfinished.new"
        beside.write_text(f"{change.older} {change.newer}\n")
        beside.rename(self._unfinished)
        _sync(self.base)

    def end(self) -> None:
        """Write down that nothing is begun any more."""
        self._unfinished.unlink(missing_ok=True)
        _sync(self.base)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock under which releases change, which the kernel gives back however the process ends."""
        with (self.base / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DeploymentError(
                    "Another installation, upgrade or rollback is at work. Wait until it has ended."
                ) from None
            yield


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_CLONE: Final = """\
/opt/egzaminator is a git clone, as 0.1 was installed. No release upgrades it, and none reads the database of 0.1:
install into an empty one, and import the register again. Only the settings move. Nothing was changed. What to do, when
you have a copy of the database and of the register's file, as root:

  systemctl disable --now egzaminator-web 'egzaminator-worker@*'
  mv /opt/egzaminator /opt/egzaminator-0.1
  cd /etc/egzaminator
  sed -i 's/^PESEL_ENCRYPTION_KEYS=/ENCRYPTION_KEYS=/; s/^PESEL_INDEX_KEY=/BLIND_INDEX_KEY=/' environment
  runuser -u postgres -- psql -c 'ALTER DATABASE egzaminator RENAME TO egzaminator_0_1'

and then install the release with its script `install`."""
