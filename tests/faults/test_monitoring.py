"""The samples in deploy/monitoring/, loaded into Debian's Prometheus, which watches a real web server."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from egzaminator.core.probes import all_probes
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from tests.helpers.backups import note_backup
from tests.helpers.prometheus import PROMTOOL, can_run_prometheus, prometheus, wait_for

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
ALERTS = MONITORING / "alerts.yml"
OWN = {"egzaminator_ready", "egzaminator_info", "egzaminator_probe"}

needs_prometheus = pytest.mark.skipif(not can_run_prometheus(), reason="Debian's Prometheus is not here")


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\begzaminator_[a-z_]+", text))


def dashboard() -> Any:
    return json.loads((MONITORING / "dashboard.json").read_text())


def test_the_dashboard_has_the_fields_of_grafanas_classic_model() -> None:
    """Grafana is not in Debian. What its manual calls the dashboard's JSON model is held instead."""
    shown = dashboard()
    model = {"id", "uid", "title", "tags", "timezone", "editable", "graphTooltip", "time", "timepicker", "templating"}
    assert set(shown) == model | {"annotations", "refresh", "schemaVersion", "version", "links", "panels"}
    assert 8 <= len(shown["uid"]) <= 40
    (variable,) = shown["templating"]["list"]
    source = {"type": variable["query"], "uid": f"${{{variable['name']}}}"}
    taken: set[tuple[int, int]] = set()
    for panel in shown["panels"]:
        assert set(panel) == {"id", "title", "type", "datasource", "gridPos", "targets", "fieldConfig", "options"}
        assert panel["type"] in {"stat", "timeseries", "state-timeline"}
        assert panel["datasource"] == source
        assert [target["refId"] for target in panel["targets"]] == ["A", "B"][: len(panel["targets"])]
        x, y, w, h = (panel["gridPos"][name] for name in "xywh")
        own = {(column, row) for column in range(x, x + w) for row in range(y, y + h)}
        assert x + w <= 24  # the columns of its grid
        assert not own & taken
        taken |= own
    assert len({panel["id"] for panel in shown["panels"]}) == len(shown["panels"])


@pytest.mark.django_db
def test_every_metric_of_the_dashboard_is_served(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    note_backup(last_backup=timezone.now(), last_drill=timezone.now())
    served = names_in(client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode())
    expressions = " ".join(target["expr"] for panel in dashboard()["panels"] for target in panel["targets"])
    # The tests' site has no certificate.
    assert names_in(expressions) - served == {"egzaminator_certificate_expiry_seconds"}


def test_every_metric_of_the_samples_is_one_that_a_probe_declares() -> None:
    declared = OWN | {f"egzaminator_{name}" for probe in all_probes() for name in probe.figures}
    expressions = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    assert names_in(" ".join(expressions)) - declared == set()
    assert names_in(" ".join(re.findall(r"expr: (.*)", ALERTS.read_text()))) - declared == set()
    assert len(expressions) > 10


@needs_prometheus
@pytest.mark.fault
def test_the_rules_are_valid_and_fire_when_they_should(tmp_path: Path) -> None:
    (tmp_path / "egzaminator-alerts.yml").write_text(ALERTS.read_text())
    (tmp_path / "prometheus.yml").write_text((MONITORING / "prometheus.yml").read_text())
    for arguments in (
        ["check", "config", str(tmp_path / "prometheus.yml")],
        ["check", "rules", str(ALERTS)],
        ["test", "rules", str(MONITORING / "alerts.test.yml")],
    ):
        result = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_every_alert_has_a_test_of_when_it_fires() -> None:
    tested = set(re.findall(r"alertname: (\w+)", (MONITORING / "alerts.test.yml").read_text()))
    assert tested == set(re.findall(r"alert: (\w+)", ALERTS.read_text()))


@needs_prometheus
@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_alerts_fire_for_a_site_without_a_worker_and_end_when_it_has_one(
    live_server: LiveServer, tmp_path: Path
) -> None:
    require_encryption_keys()
    # As shipped, but at once: what waits how long is held by the rules' own tests.
    (tmp_path / "egzaminator-alerts.yml").write_text(re.sub(r"for: \w+", "for: 0s", ALERTS.read_text()))
    configuration = (MONITORING / "prometheus.yml").read_text().replace("30s", "1s")
    address = live_server.url.removeprefix("http://").replace("localhost", "127.0.0.1")
    (tmp_path / "prometheus.yml").write_text(configuration.replace("127.0.0.1:8000", address))

    with prometheus(tmp_path / "prometheus.yml") as ask:

        def firing() -> set[tuple[str, str]]:
            return {
                (alert["labels"]["alertname"], alert["labels"].get("probe", ""))
                for alert in ask("/api/v1/alerts")["alerts"]
                if alert["state"] == "firing"
            }

        wait_for(lambda: ("EgzaminatorCritical", "worker") in firing())
        assert {("EgzaminatorWarning", "backup"), ("EgzaminatorWarning", "drill")} <= firing()
        assert not [name for name, _probe in firing() if name in {"EgzaminatorDown", "EgzaminatorNotReady"}]
        (ready,) = ask(f"/api/v1/query?query={quote('egzaminator_ready')}")["result"]
        assert ready["value"][1] == "1"

        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour')")
        wait_for(lambda: ("EgzaminatorCritical", "worker") not in firing())

        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'key_rotation' RETURNING app, name, applied")
            removed = cursor.fetchall()
        try:
            wait_for(lambda: ("EgzaminatorNotReady", "") in firing())
            assert ("EgzaminatorCritical", "migrations") in firing()
        finally:
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", removed)
        wait_for(lambda: ("EgzaminatorNotReady", "") not in firing())
