import os
from pathlib import Path

import pytest

from egzaminator.deployment.install_files import place_files, started_units

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="files of root's")
DEPLOY = Path(__file__).parents[2] / "deploy"
ANSWERS = {"HOST": "konta.oke.example", "BOARD_PHONE": "22 536 65 00"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("etc/systemd/system", "etc/nginx/conf.d", "usr/local/bin"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_each_file_gets_to_its_place(root: Path) -> None:
    placed = place_files(DEPLOY, answers=ANSWERS, root=root)
    units = sorted(path.name for suffix in ("service", "socket", "timer") for path in DEPLOY.glob(f"*.{suffix}"))
    assert (sorted(placed.units), placed.is_nginx_new) == (units, True)
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert files == {
        *(f"etc/systemd/system/{name}" for name in units),
        *(f"etc/egzaminator/pages/{path.name}" for path in DEPLOY.glob("*.html")),
        "etc/nginx/conf.d/egzaminator.conf",
        "usr/local/bin/egzaminator",
    }
    assert {path.name for path in root.rglob("*") if path.is_file() and path.stat().st_mode & 0o111} == {"egzaminator"}


def test_the_host_and_the_phone_are_the_boards(root: Path) -> None:
    place_files(DEPLOY, answers=ANSWERS, root=root)
    nginx = (root / "etc/nginx/conf.d/egzaminator.conf").read_text()
    assert "server_name konta.oke.example;" in nginx
    page = (root / "etc/egzaminator/pages/unavailable.html").read_text()
    assert '<a href="tel:+48225366500">22 536 65 00</a>' in page
    for path in root.rglob("*"):
        if path.is_file():
            assert "konta.example.pl" not in path.read_text()
            assert "854" not in path.read_text()


def test_what_the_administrator_changed_stays(root: Path) -> None:
    place_files(DEPLOY, answers=ANSWERS, root=root)
    nginx = root / "etc/nginx/conf.d/egzaminator.conf"
    nginx.write_text("# mine\n")
    placed = place_files(DEPLOY, answers=ANSWERS | {"HOST": "inne.oke.example"}, root=root)
    assert (placed.units, placed.is_nginx_new, nginx.read_text()) == ([], False, "# mine\n")


def test_units_with_an_install_section_are_started_and_templates_once(tmp_path: Path) -> None:
    for name, text in {
        "a.service": "[Service]\n",
        "b.timer": "[Timer]\n\n[Install]\nWantedBy=timers.target\n",
        "c@.service": "[Install]\nWantedBy=multi-user.target\n",
        "d@.service": "[Install]\nWantedBy=multi-user.target\nDefaultInstance=pages\n",
        "e.conf": "[Install]\n",
    }.items():
        (tmp_path / name).write_text(text)
    assert started_units(tmp_path) == ["b.timer", "c@1.service", "d@pages.service"]
