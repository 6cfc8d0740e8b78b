"""A fresh Debian becomes a server by the page's own commands."""

import re
import shutil
from pathlib import Path

from tests.helpers.certificates import make_certificate
from tests.installation.https import ask
from tests.installation.machine import HOME, Machine
from tests.installation.steps import ADMINISTRATOR, BOARD, HOST, World, step, wait_until

_PAGE = (Path(__file__).parents[2] / "docs" / "production.md").read_text()
CERTIFICATE = "/etc/ssl/board/fullchain.pem"
KEY = "/etc/ssl/board/privkey.pem"


def page_block(heading: str, language: str = "sh") -> str:
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
        "BACKUP_RECIPIENT": world.backup_key[1],
    }
    text = page_block("### The answers")
    assert set(re.findall(r"^(\w+)=", text, re.MULTILINE)) == set(values)
    return re.sub(r"^(\w+)=.*", lambda line: f"{line[1]}={values[line[1]]}", text, flags=re.MULTILINE)


def put_release(machine: Machine, world: World) -> None:
    """Copy what `make wheel` makes to the server, and what the board has: a certificate, and trust in the relay's."""
    shutil.copytree(world.dist, machine.root / "root/egzaminator", dirs_exist_ok=True)
    put_certificate(machine, world)
    authorities = machine.root / "usr/local/share/ca-certificates"
    shutil.copy(world.folder / "relay-authority.pem", authorities / "relay-authority.crt")
    machine.sh("update-ca-certificates >/dev/null 2>&1")
    machine.write(f"{HOME}/egzaminator/answers", answers_for(world))


def put_certificate(machine: Machine, world: World) -> None:
    """Put a new certificate of the host's, and its authority, where the administrator keeps them."""
    folder = world.folder / f"certificate-{len(list(world.folder.glob('certificate-*')))}"
    folder.mkdir()
    _, authority = make_certificate(folder, host=HOST, days=90)
    chain, mark, key = (folder / "server.pem").read_text().partition("-----BEGIN PRIVATE KEY-----")
    machine.write(CERTIFICATE, chain)
    machine.write(KEY, mark + key, 0o600)
    shutil.copy(authority, machine.root / f"usr/local/share/ca-certificates/{folder.name}.crt")
    machine.sh("update-ca-certificates >/dev/null 2>&1")
    world.found["authority"] = str(authority)


@step("installed by the page's own commands")
def install(world: World) -> str:
    put_release(world.machine, world)
    told = world.machine.sh(page_block("### Installing"))
    for line in ("What is left to you:", "show_keys --paper", "BACKUP_COPY_COMMAND", "v=spf1", "v=DMARC1"):
        assert line in told, f"{line} is not in\n{told}"
    wait_until(lambda: ADMINISTRATOR in world.relay.recipients, "the administrator's invitation")
    assert sorted(world.relay.recipients) == sorted([ADMINISTRATOR, BOARD])
    return f"{len(told.splitlines())} lines, with a test message and an invitation"


@step("all is well, and seen from outside by https")
def status(world: World) -> str:
    told = world.machine.run("egzaminator", "status")
    assert ask(world, "/").status == 200
    redirect = ask(world, "/pomoc/?x=1", port=80)
    assert (redirect.status, redirect.location) == (301, f"https://{HOST}/pomoc/?x=1")
    assert ask(world, "/.well-known/acme-challenge/none", port=80).status == 404
    assert ask(world, "/metrics").status == 404
    return told.splitlines()[0]


@step("owners and modes are those of the page's table")
def modes(world: World) -> str:
    below = _PAGE.partition("### Where everything is\n")[2].partition("\n\n**")[0]
    rows = re.findall(r"^\| `(/[^`]+)` \|.*\| (\w+)(?::(\w+))?, (\d{4}) \|$", below, re.MULTILINE)
    assert len(rows) >= 10
    version = world.machine.sh("basename $(realpath /opt/egzaminator/current)").strip()
    for path, owner, group, mode in rows:
        found = world.machine.sh(f"stat --format='%U:%G 0%a %n' {path.replace('X.Y.Z', version).rstrip('/')}")
        for line in found.splitlines():
            assert line.startswith(f"{owner}:{group or owner} {mode} "), line
    refused = "runuser -u nobody -- cat /etc/egzaminator/environment /etc/egzaminator/backup-key 2>/dev/null | wc -c"
    assert world.machine.sh(refused).strip() == "0"
    assert "backup-key: Permission denied" in world.machine.sh(
        "runuser -u egzaminator -- cat /etc/egzaminator/backup-key 2>&1 || true"
    )
    return f"{len(rows)} rows"


_SNAPSHOT = """
find /etc /usr/local /opt/egzaminator -not -name __pycache__ -not -path '*/__pycache__/*' -not -path /etc \
  -printf '%p %T@ %m %u %g %l\\n' | sort
systemctl show --property=Id,MainPID,ActiveEnterTimestampMonotonic 'egzaminator-w*' nginx 'postgresql@*'
"""
_ROWS = """
SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM mail_email), (SELECT count(*) FROM accounts_account)
"""


@step("installed again, nothing changes")
def again(world: World) -> str:
    before = (world.machine.sh(_SNAPSHOT), world.machine.psql(_ROWS), world.relay.recipients)
    told = world.machine.sh("cd ~/egzaminator && rm answers && sh install </dev/null")
    assert (world.machine.sh(_SNAPSHOT), world.machine.psql(_ROWS), world.relay.recipients) == before
    done = told.partition("\nHow the service is")[0].strip().splitlines()
    assert all(line.endswith(": well") for line in done), told
    return f"{len(done)} steps, all well before"


@step("of two installations at a time, one is refused")
def twice(world: World) -> str:
    told = world.machine.sh("flock /opt/egzaminator/.lock sh ~/egzaminator/install </dev/null", codes=(1,))
    assert told.strip() == "Another installation, upgrade or rollback is at work. Wait until it has ended.", told
    return told.strip()
