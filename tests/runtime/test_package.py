import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from egzaminator import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "build", "dist", ".*_cache", "__pycache__", ".hypothesis")
# What only a package can get wrong: where it finds static files and guides, and whether its catalogue was compiled.
QUESTIONS = """
import django
django.setup()
from pathlib import Path
from django.conf import settings
from django.utils.translation import gettext
from egzaminator.panel.guides import load_guide
print(Path(settings.STATIC_ROOT, "staticfiles.json").is_file())
print(settings.DATA_DIR)
print(load_guide("ewidencja").title)
print(gettext("The file is empty."))
"""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `make wheel` fills, made in a copy of the source tree."""
    tree = tmp_path_factory.mktemp("tree") / "egzaminator"
    shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
    (tree / ".venv").symlink_to(Path(sys.prefix))
    subprocess.run(["make", "wheel"], cwd=tree, check=True, capture_output=True, timeout=300)
    return tree / "dist"


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked wheel, which is what an installation of it amounts to."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(dist / f"egzaminator-{__version__}-py3-none-any.whl") as wheel:
        wheel.extractall(folder)
    return folder


def test_a_release_is_a_wheel_with_its_requirements_and_their_sums(dist: Path) -> None:
    wheel = f"egzaminator-{__version__}-py3-none-any.whl"

    names = ["SHA256SUMS", wheel, "requirements.txt", "install", "upgrade"]
    assert sorted(path.name for path in dist.iterdir()) == sorted(names)
    assert (dist / "requirements.txt").read_bytes() == (ROOT / "requirements" / "base.txt").read_bytes()
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=dist, check=True, capture_output=True)


def test_the_wheel_brings_everything_that_a_server_needs(installed: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATA_DIR", "DATABASE_URL"}}
    result = subprocess.run(
        [sys.executable, "-c", QUESTIONS],
        env=environment | {"PYTHONPATH": str(installed), "DJANGO_SETTINGS_MODULE": "egzaminator.settings"},
        cwd=installed,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert result.stdout.splitlines() == ["True", "/var/lib/egzaminator", "Ewidencja", "Plik jest pusty."]


def test_the_wheel_has_all_files_of_the_package_and_none_of_the_tests(installed: Path) -> None:
    package = ROOT / "src" / "egzaminator"
    sources = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    wanted = {path for path in sources if path.suffix not in {".po", ".pyc"} and path.parts[0] != "packaged"}
    found = {path.relative_to(installed / "egzaminator") for path in (installed / "egzaminator").rglob("*")}

    assert wanted - found == set()
    assert sorted(path.name for path in installed.iterdir()) == ["egzaminator", f"egzaminator-{__version__}.dist-info"]


def test_the_wheel_has_one_command(installed: Path) -> None:
    text = (installed / f"egzaminator-{__version__}.dist-info" / "entry_points.txt").read_text()

    assert text.splitlines() == ["[console_scripts]", "egzaminator = egzaminator.runtime.command_line:main"]
