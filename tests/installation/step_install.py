"""A fresh Debian becomes a server by the page's own commands."""

import re
import shutil
from pathlib import Path

from tests.helpers.certificates import make_certificate
from tests.installation.machine import Machine
from tests.installation.network import INSIDE
from tests.installation.steps import ADMINISTRATOR, BOARD, HOST, World, step

_PAGE = (Path(__file__).parents[2] / "docs" / "production.md").read_text()
CERTIFICATE = "/etc/ssl/board/fullchain.pem"
KEY = "/etc/ssl/board/privkey.pem"


def page_block(heading: str, language: str) -> str:
    """Return the first block of code of a language below a heading of the page."""
    below = _PAGE.partition(f"\n{heading}\n")[2]
    (block,) = re.findall(rf"```{language}\n(.*?)```", below, re.DOTALL)[:1]
    return str(block)


def answers_for(world: World) -> str:
    """Return the page's own answers, with the values of this test."""
    values = {
        "HOST": HOST,
        "EMAIL_URL": f"'smtp+starttls://board:p%40ss%20word%27%241@poczta.oke.example:{world.relay.port}'",
        "BOARD_EMAIL": BOARD,
        "BOARD_PHONE": "'22 536 65 00'",
        "ADMINISTRATOR_EMAIL": ADMINISTRATOR,
        "ADMINISTRATOR_NAME": "'Jan Nowak'",
        "CERTIFICATE": CERTIFICATE,
        "CERTIFICATE_KEY": KEY,
        "BACKUP_RECIPIENT": "",
    }
    text = page_block("### The answers", "sh")
    assert set(re.findall(r"^(\w+)=", text, re.MULTILINE)) == set(values)
    return re.sub(r"^(\w+)=.*", lambda line: f"{line[1]}={values[line[1]]}", text, flags=re.MULTILINE)


def put_release(machine: Machine, world: World) -> None:
    """Copy what `make wheel` makes to the server, and what the board has: a certificate, and trust in the relay's."""
    shutil.copytree(world.dist, machine.root / "root/egzaminator", dirs_exist_ok=True)
    put_certificate(machine, world, name="site")
    shutil.copy(
        world.folder / "relay-authority.pem", machine.root / "usr/local/share/ca-certificates/relay-authority.crt"
    )
    machine.sh("update-ca-certificates >/dev/null")


def put_certificate(machine: Machine, world: World, *, name: str) -> None:
    """Put a new certificate of the host's, and its authority, where the administrator keeps them."""
    folder = world.folder / name
    folder.mkdir()
    _, authority = make_certificate(folder, host=HOST, days=90)
    pem = (folder / "server.pem").read_text()
    chain, _, key = pem.partition("-----BEGIN PRIVATE KEY-----")
    machine.write(CERTIFICATE, chain)
    machine.write(KEY, "-----BEGIN PRIVATE KEY-----" + key, 0o600)
    shutil.copy(authority, machine.root / f"usr/local/share/ca-certificates/{name}-authority.crt")
    machine.sh("update-ca-certificates >/dev/null 2>&1")
    world.found["authority"] = authority


@step("installed by the page's own commands")
def install(world: World) -> str:
    put_release(world.machine, world)
    world.machine.write("/root/egzaminator/answers", answers_for(world))
    told = world.machine.sh(page_block("### Installing", "sh"))
    world.found["install"] = told
    for left in ("What is left to you:", "show_keys --paper", "BACKUP_RECIPIENTS", "v=spf1", "v=DMARC1"):
        assert left in told, left
    assert INSIDE not in told
    assert [mail.recipient for mail in world.relay.received] != []
    return f"{len(told.splitlines())} lines, {len(world.relay.received)} e-mails so far"


@step("egzaminator status")
def status(world: World) -> str:
    told = world.machine.run("egzaminator", "status")
    return told.splitlines()[0]
