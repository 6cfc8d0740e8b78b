"""Making a release's folder beside the current one, and removing those that nobody returns to."""

import shutil
from pathlib import Path
from typing import Final

from egzaminator.deployment.commands import run
from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.layout import Layout, Release

# What has to stay free on the disk once a release of the size of the current one is there.
_SPARE: Final = 200 * 1024 * 1024


def require_space(layout: Layout, *, like: Release) -> None:
    """Raise `DeploymentError` if a release as large as another one does not fit on the disk."""
    needed = sum(path.lstat().st_size for path in like.folder.rglob("*")) + _SPARE
    free = shutil.disk_usage(layout.base).free
    if free < needed:
        raise DeploymentError(
            f"The disk of {layout.base} has {free // 1024**2} MB free, and a release needs {needed // 1024**2} MB. "
            "Nothing was changed. Make room there."
        )


def make_release(release: Release, *, wheel: Path) -> None:
    """Install a wheel and what it requires into a folder of its own. Raise `DeploymentError`.

    What a killed upgrade left of it is removed first. Beside the wheel are the requirements with their hashes, and, for
    a server without a package index, a folder `wheels` with their files.
    """
    remove_release(release)
    pip = [release.folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wheels = wheel.parent / "wheels"
    source = ["--no-index", "--find-links", wheels] if wheels.is_dir() else []
    run("python3", "-m", "venv", release.folder, otherwise="Python made no virtual environment.")
    run(
        *(*pip, *source, "--require-hashes", "--requirement", wheel.parent / "requirements.txt"),
        otherwise="The packages that the release requires could not be installed.",
    )
    run(*pip, "--no-index", "--no-deps", wheel, otherwise=f"{wheel} could not be installed.")
    (brought,) = release.folder.glob("lib/python3*/site-packages/egzaminator/packaged/deploy")
    release.deploy.symlink_to(brought.relative_to(release.folder))
    release.complete.touch()


def remove_release(release: Release) -> None:
    """Remove a release's folder, if it is there."""
    release.complete.unlink(missing_ok=True)
    if release.folder.exists():
        shutil.rmtree(release.folder)


def remove_others(layout: Layout, *, kept: list[Release]) -> list[Release]:
    """Remove all releases but some. Return those that were removed."""
    removed = [release for release in layout.releases() if release not in kept]
    for release in removed:
        remove_release(release)
    return removed
