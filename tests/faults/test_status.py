"""`status`, and what refuses another encryption key, as real processes on the tests' database."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from egzaminator import __version__
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from tests.helpers.database_url import database_url

MANAGE = [sys.executable, str(Path(__file__).parents[2] / "manage.py")]
TEST_MACHINE = "--insecure-test-machine"
# Another key than the tests', under their key's id.
OTHER_KEYS = "t1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
REFUSAL = "The key t1 of ENCRYPTION_KEYS is not the one that values were encrypted with under this id."

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path), "EMAIL_URL": "smtp://127.0.0.1:1"}


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MANAGE, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_status_says_what_is_wrong_and_ends_as_plugins_of_nagios_do(environment: dict[str, str]) -> None:
    result = run(environment, "status")
    first, *lines = result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (2, "")
    assert first.startswith(f"Egzaminator {__version__}: CRITICAL, ")
    shown = "\n".join(lines)
    assert "No worker lives: no e-mail goes out" in shown
    assert "127.0.0.1:1 does not let us in (Connection refused)." in shown
    assert "→ The mail server: it cannot be reached, or lets nobody in: host and port of EMAIL_URL." in shown

    result = run(environment, "status", "--json")
    state = json.loads(result.stdout)
    assert (result.returncode, state["version"], state["level"], state["is_ready"]) == (
        2,
        __version__,
        "critical",
        True,
    )
    levels = {probe["name"]: probe["level"] for probe in state["probes"]}
    assert (levels["database"], levels["migrations"], levels["keys"], levels["worker"]) == (
        "ok",
        "ok",
        "ok",
        "critical",
    )


def test_status_without_a_database_or_settings_still_answers(environment: dict[str, str]) -> None:
    result = run(environment | {"DATABASE_URL": "postgresql://egzaminator:s3cret@127.0.0.1:1/x"}, "status")
    assert result.returncode == 2
    assert "CRITICAL  database" in result.stdout
    assert "s3cret" not in result.stdout + result.stderr
    result = run(environment | {"SECRET_KEY": ""}, "status")
    assert (result.returncode, result.stderr) == (3, "")
    assert result.stdout.startswith("UNKNOWN: ")
    assert "SECRET_KEY" in result.stdout


def test_another_key_under_a_known_id_is_refused_by_whatever_would_use_it(environment: dict[str, str]) -> None:
    require_encryption_keys()
    wrong = environment | {"ENCRYPTION_KEYS": OTHER_KEYS}
    for arguments in (["check", "--deploy"], ["worker", TEST_MACHINE], ["rotate_encryption_keys"]):
        result = run(wrong, *arguments)
        assert (result.returncode, REFUSAL in result.stderr) == (1, True), arguments
        assert "Traceback" not in result.stderr
    (Path(environment["DATA_DIR"]) / "static").mkdir()
    shutil.copy(settings.STATIC_ROOT / "staticfiles.json", Path(environment["DATA_DIR"]) / "static")
    result = run(wrong, "serve", TEST_MACHINE)
    assert (result.returncode, result.stderr.count(REFUSAL)) == (1, 2), result.stderr  # the report, and the refusal
    result = run(wrong, "status")
    assert (
        result.returncode,
        "ENCRYPTION_KEYS has other keys than those of the stored values: t1." in result.stdout,
    ) == (
        2,
        True,
    )
