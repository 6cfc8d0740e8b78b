"""What must not be read: secrets in lists of processes and logs, personal data in logs."""

import re

from tests.helpers.factories import PASSWORD, PESELS
from tests.installation import steps
from tests.installation.step_walk import EMAIL
from tests.installation.steps import ADMINISTRATOR, World, step

_LOGS = "cat /var/log/nginx/* /var/log/postgresql/* 2>/dev/null; journalctl --no-pager --quiet --output=export --all"


@step("secrets are in no list of processes, and in no log")
def secrets(world: World) -> str:
    told = _secrets(world)
    logs = world.machine.sh(_LOGS)
    assert len(told) == 6
    for name, secret in told.items():
        assert not [line for line in world.watcher.seen if secret.encode() in line], f"{name} in a list of processes"
        assert secret not in logs, f"{name} in a log"
    return f"{len(told)} secrets, {len(world.watcher.seen)} command lines, {len(logs.splitlines())} lines of logs"


@step("personal data are in no log")
def personal(world: World) -> str:
    logs = world.machine.sh(_LOGS)
    token = world.found["link"].rstrip("/").rpartition("/")[2]
    personal = [EMAIL, "Łukasik", "Żak", *PESELS[:2], "MBI/1/2019", PASSWORD, token, ADMINISTRATOR, "Nowak", "Długa"]
    found = [one for one in personal if one in logs]
    assert not found, [line for line in logs.splitlines() if any(one in line for one in found)][:5]
    assert "egzaminator" in logs
    return f"none of {len(personal)}"


def _secrets(world: World) -> dict[str, str]:
    settings = (world.machine.root / "etc/egzaminator/environment").read_text()
    named = dict(re.findall(r"^(SECRET_KEY|ENCRYPTION_KEYS|BLIND_INDEX_KEY)='(?:\w+:)?(.*)'$", settings, re.MULTILINE))
    key = (world.machine.root / "etc/egzaminator/backup-key").read_text().splitlines()[-1]
    return named | {"backup-key": key, "relay": "p%40ss%20word", "relay's password": steps.PASSWORD}
