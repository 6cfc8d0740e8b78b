"""The files of `deploy/` that stand elsewhere on the server, made out for its host and board."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egzaminator.core.board import Board
from egzaminator.deployment.machine import make_folder, write_file

_SAMPLE_HOST: Final = "konta.example.pl"
_UNITS: Final = (".service", ".socket", ".timer")
# The command is a program; the others are read.
_PLACES: Final = {"nginx.conf": "etc/nginx/conf.d/egzaminator.conf", "egzaminator": "usr/local/bin/egzaminator"}
_PAGES: Final = "etc/egzaminator/pages"


@dataclass(frozen=True, slots=True)
class Placed:
    """The files that are new."""

    units: list[str]
    is_nginx_new: bool


def place_files(deploy: Path, *, answers: Mapping[str, str], root: Path = Path("/")) -> Placed:
    """Put the units, the configuration of nginx, its pages and the command where they belong, unless they are there.

    What is there may have been changed by the administrator; an upgrade brings the changes of a release to it.
    """
    make_folder(root / _PAGES, mode=0o755)
    new = []
    for path in sorted(deploy.iterdir()):
        target = _target(path.name, path.suffix)
        if target and not (root / target).exists():
            mode = 0o755 if path.name == "egzaminator" else 0o644
            write_file(root / target, _made_out(path.read_text(), answers), mode=mode)
            new.append(path.name)
    return Placed([name for name in new if name.endswith(_UNITS)], "nginx.conf" in new)


def _target(name: str, suffix: str) -> str:
    if suffix in _UNITS:
        return f"etc/systemd/system/{name}"
    return f"{_PAGES}/{name}" if suffix == ".html" else _PLACES.get(name, "")


def _made_out(text: str, answers: Mapping[str, str]) -> str:
    phone, sample = answers["BOARD_PHONE"], Board().phone
    return (
        text.replace(_SAMPLE_HOST, answers["HOST"])
        .replace(f"tel:+48{sample.replace(' ', '')}", f"tel:{_international(phone)}")
        .replace(sample, phone)
    )


def _international(phone: str) -> str:
    digits = phone.replace(" ", "")
    return digits if digits.startswith("+") else f"+48{digits}"


def started_units(deploy: Path) -> list[str]:
    """Return the units of a release that are enabled and started: those with an `[Install]` section.

    Of a template (`name@.service`) it is the instance that `DefaultInstance=` names, or else the first, `1`.
    """
    names = []
    for path in sorted(deploy.iterdir()):
        lines = path.read_text().splitlines() if path.suffix in _UNITS else []
        if "[Install]" in lines:
            default = [line.partition("=")[2] for line in lines if line.startswith("DefaultInstance=")]
            names.append(path.name.replace("@.", f"@{default[0] if default else '1'}."))
    return names
