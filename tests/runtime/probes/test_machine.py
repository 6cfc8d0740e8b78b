import contextlib
import datetime
from collections.abc import Generator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from egzaminator.core.probes import Finding, Level
from egzaminator.runtime.environment import Security
from egzaminator.runtime.maintenance import begin_maintenance, end_maintenance
from egzaminator.runtime.probes.backups import check_backup, check_drill, describe_age
from egzaminator.runtime.probes.machine import check_certificate, check_disk, check_maintenance
from tests.helpers.backups import note_backup
from tests.helpers.certificates import make_certificate
from tests.helpers.receiver import Receiver

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def found(finding: Finding | None) -> Finding:
    assert finding is not None
    return finding


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [
        (100, 50, Level.OK),
        (100, 2.1, Level.OK),  # a tenth of a large disk is plenty
        (100, 1.9, Level.WARNING),
        (100, 0.2, Level.CRITICAL),
        (10, 1.1, Level.OK),
        (10, 0.9, Level.WARNING),
        (10, 0.19, Level.CRITICAL),
    ],
)
def test_a_disk_that_fills_up_is_told(monkeypatch: pytest.MonkeyPatch, total: float, free: float, level: Level) -> None:
    gib = 1024**3
    usage = type("Usage", (), {"total": int(total * gib), "free": int(free * gib)})
    monkeypatch.setattr("egzaminator.runtime.probes.machine.shutil.disk_usage", lambda _folder: usage)
    assert found(check_disk()).level is level


def test_the_disk_of_the_data_folder_is_looked_at() -> None:
    assert found(check_disk()).figures["disk_free_bytes"] > 0


def test_a_closed_site_is_told() -> None:
    assert found(check_maintenance()).level is Level.OK
    begin_maintenance()
    assert found(check_maintenance()).level is Level.WARNING
    end_maintenance()
    assert found(check_maintenance()).level is Level.OK


@pytest.mark.parametrize(("age", "level"), [(DAY, Level.OK), (1.2 * DAY, Level.WARNING), (4 * DAY, Level.CRITICAL)])
def test_a_late_backup_is_told(age: datetime.timedelta, level: Level) -> None:
    note_backup(last_backup=datetime.datetime.now(tz=datetime.UTC) - age)
    assert found(check_backup()).level is level
    assert found(check_drill()).level is Level.WARNING  # the one says nothing of the other


@pytest.mark.parametrize(("age", "level"), [(7 * DAY, Level.OK), (9 * DAY, Level.WARNING)])
def test_a_late_drill_is_told(age: datetime.timedelta, level: Level) -> None:
    now = datetime.datetime.now(tz=datetime.UTC)
    note_backup(last_backup=now, last_drill=now - age)
    assert (found(check_drill()).level, found(check_backup()).level) == (level, Level.OK)


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"last_backup": 5}', '{"last_backup": "yesterday"}'])
def test_without_a_word_about_backups_none_was_made(data_dir: Path, content: str | None) -> None:
    if content is not None:
        (data_dir / "backup-state.json").write_text(content)
    assert (found(check_backup()).level, found(check_backup()).words) == (Level.WARNING, "No backup is known of.")
    assert found(check_drill()).words == "No backup is known to have been restored for a try."


def test_a_demo_needs_no_backup(settings: Settings) -> None:
    settings.DEMO = True
    assert (check_backup(), check_drill()) == (None, None)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (datetime.timedelta(seconds=-5), "0 minutes"),
        (datetime.timedelta(seconds=61), "1 minute"),
        (datetime.timedelta(minutes=119), "119 minutes"),
        (datetime.timedelta(hours=47), "47 hours"),
        (datetime.timedelta(days=2), "2 days"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_says_enough(age: datetime.timedelta, words: str) -> None:
    assert describe_age(age) == words


@contextlib.contextmanager
def made_site(folder: Path, settings: Settings, *, days: int) -> Generator[None]:
    """Let PUBLIC_BASE_URL lead to a TLS server with a certificate for so many days. It need not speak HTTP."""
    context, _authority = make_certificate(folder, days=days)
    with Receiver(security=Security.TLS, certificate=context) as server:
        settings.PUBLIC_BASE_URL = f"https://localhost:{server.port}"
        yield


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [
        (22, Level.OK, "The certificate is valid for 21 days."),
        (20, Level.WARNING, "The certificate is valid for 19 days."),
        (3, Level.CRITICAL, "The certificate is valid for 2 days."),
        (-1, Level.CRITICAL, "Browsers refuse the certificate: certificate has expired."),
    ],
)
def test_a_certificate_that_ends_soon_is_told(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, days: int, level: Level, words: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with made_site(tmp_path, settings, days=days):
        finding = found(check_certificate())
    assert (finding.level, finding.words) == (level, words)
    assert (finding.figures.get("certificate_expiry_seconds", 0) > 0) is (days > 0)


def test_a_certificate_of_nobody_that_is_trusted_is_critical(tmp_path: Path, settings: Settings) -> None:
    with made_site(tmp_path, settings, days=22):
        finding = found(check_certificate())
    assert (finding.level, finding.words) == (
        Level.CRITICAL,
        "Browsers refuse the certificate: unable to get local issuer certificate.",
    )


def test_a_site_that_does_not_answer_over_tls_is_told(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://localhost:1"
    assert (found(check_certificate()).level, found(check_certificate()).words) == (
        Level.WARNING,
        "localhost does not answer over TLS from here: Connection refused.",
    )


def test_a_site_without_tls_has_no_certificate(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    assert check_certificate() is None
