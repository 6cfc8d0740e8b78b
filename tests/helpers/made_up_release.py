"""A next release, made up from the wheel of this one: another version, and files beside or instead of its own."""

import hashlib
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from egzaminator import __version__

# A migration that lets this release run on, and one that fails.
EXPANDING: Final = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.AddField("examiner", "made_up", models.TextField(db_default="made up"))]
"""
FAILING: Final = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE register_examiner ADD half_done int; SELECT no_such_column")]
"""
MIGRATION: Final = "egzaminator/register/migrations/0002_made_up.py"


def make_up_release(dist: Path, folder: Path, *, version: str, files: Mapping[str, str]) -> Path:
    """Write a release into a folder as `make wheel` does, and return its wheel. `dist` holds this one's."""
    shutil.copytree(dist, folder)
    own, wheel = (folder / f"egzaminator-{one}-py3-none-any.whl" for one in (__version__, version))
    changed = {"egzaminator/__init__.py": f'__version__ = "{version}"\n', **files}
    with zipfile.ZipFile(own) as before, zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as after:
        for item in before.infolist():
            content = before.read(item)
            if item.filename.endswith(".dist-info/METADATA"):
                content = content.replace(f"\nVersion: {__version__}\n".encode(), f"\nVersion: {version}\n".encode())
            if item.filename.endswith(".dist-info/RECORD"):
                content += "".join(f"{name},,\n" for name in files if name not in before.namelist()).encode()
            item.filename = item.filename.replace(f"-{__version__}.dist-info", f"-{version}.dist-info")
            after.writestr(item, changed.pop(item.filename, content))
        for name, text in changed.items():
            after.writestr(name, text)
    own.unlink()
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    sums.pop("SHA256SUMS")
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())))
    return wheel
