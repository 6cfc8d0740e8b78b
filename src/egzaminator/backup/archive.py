"""What an archive holds: a tar of a manifest, the database as pg_dump writes it, and the media, encrypted as a whole.

    manifest.json             who made it, and how many rows each table has
    database/000000, …        the dump, cut into pieces because a tar says the length of a file before the file
    media/…                   the files that staff uploaded

The programs age, tar and pg_restore open it as well (docs/production.md).
"""

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from egzaminator.backup.age import decrypting
from egzaminator.backup.errors import BackupError

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_PIECE: Final = 8 * 1024 * 1024
_MOST_OF_MANIFEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    version: str
    made_at: str
    postgresql: int
    migrations: list[str]
    rows: dict[str, int]


class Writer:
    """Writes an archive into a tar that is only written, never read or rewound."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add_manifest(self, manifest: Manifest) -> None:
        """Write what the archive says of itself, before everything else."""
        self._add(_MANIFEST, json.dumps(asdict(manifest)).encode())

    def add_database(self, dump: IO[bytes]) -> None:
        """Write a dump, until its end."""
        index = 0
        while piece := dump.read(_PIECE):
            self._add(f"database/{index:06}", piece)
            index += 1

    def add_media(self, folder: Path) -> int:
        """Write all files of a folder; return how many. What is deleted meanwhile is left out."""
        count = 0
        for path in sorted(folder.rglob("*")):
            try:
                if path.is_symlink() or not path.is_file():
                    continue
                with path.open("rb") as file:
                    member = self._tar.gettarinfo(arcname=f"media/{path.relative_to(folder)}", fileobj=file)
                    self._tar.addfile(member, file)
            except FileNotFoundError:
                continue
            count += 1
        return count

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


@contextmanager
def written(file: IO[bytes]) -> Iterator[Writer]:
    """Yield what writes an archive into a file."""
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        yield Writer(tar)


class Reader:
    """Reads an archive once, from its beginning: the manifest is read already, then come the database and the media."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._member = tar.next()
        self.manifest = self._read_manifest()

    def database(self) -> Iterator[bytes]:
        """Yield the dump in pieces."""
        while self._member is not None and self._member.name.startswith("database/"):
            yield self._content().read()
            self._member = self._tar.next()

    def media(self) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
        """Yield each file of the media: its path, which leads nowhere else, and its content. Raise `BackupError`."""
        while self._member is not None:
            path = PurePosixPath(self._member.name)
            if path.parts[:1] != ("media",) or ".." in path.parts or not self._member.isreg():
                raise BackupError(f"The archive holds something that no backup of ours does: {path}.")
            yield path.relative_to("media"), self._content()
            self._member = self._tar.next()

    def _read_manifest(self) -> Manifest:
        if self._member is None or self._member.name != _MANIFEST or self._member.size > _MOST_OF_MANIFEST:
            raise BackupError("This is an archive of something else: it does not begin with a manifest.")
        content: dict[str, Any] = json.loads(self._content().read())
        if content.get("format") != FORMAT:
            raise BackupError(
                f"The archive was made by Egzaminator {content.get('version')}, in a form that this release does not "
                "know. Install that release or a newer one."
            )
        self._member = self._tar.next()
        return Manifest(**content)

    def _content(self) -> IO[bytes]:
        file = self._tar.extractfile(self._member) if self._member else None
        if file is None:
            raise BackupError("The archive holds something that no backup of ours does.")
        return file


@contextmanager
def opened(archive: Path, *, keys: list[Any]) -> Iterator[Reader]:
    """Open an archive with a private key. Raise `BackupError` if that fails, or if it turns out to be damaged."""
    with archive.open("rb") as file, decrypting(file, keys=keys) as content:
        try:
            with tarfile.open(fileobj=content, mode="r|") as tar:
                yield Reader(tar)
        except tarfile.TarError:
            raise BackupError("The archive is damaged or cut off. Take another copy of it.") from None
