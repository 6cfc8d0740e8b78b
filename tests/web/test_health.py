import logging.config
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from egzaminator import __version__
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from egzaminator.mail.catalogue import EmailKind
from egzaminator.runtime.logs import logging_settings
from tests.helpers.backups import note_backup
from tests.helpers.mail import queue_example


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_answers_whatever_the_server_is_called(client: Client, path: str) -> None:
    response = client.get(path, headers={"host": "10.20.30.40"})

    first, *_problems = response.content.splitlines()
    assert (response.status_code, first) == (200, b"ok" if path == "/healthz" else b"degraded")  # no worker runs here
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response.cookies == {}
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_is_alive_without_a_database(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["mail_email", "procrastinate_jobs"])
def test_is_not_ready_without_a_queue(client: Client, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")

    response = client.get("/readyz")

    assert (response.status_code, response.content.splitlines()[0]) == (503, b"unavailable")
    assert b"The database lacks a table or column that the program needs." in response.content


def now_well() -> None:
    """Let a worker live, and every periodic job be begun, so that all probes find what they hope for."""
    now = timezone.now().timestamp()
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_register_worker_v1()")
        cursor.executemany(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp) VALUES (%s, %s, %s)",
            [(one.task.name, one.periodic_id, now) for one in app.periodic_registry.periodic_tasks.values()],
        )
    note_backup(last_backup=timezone.now(), last_drill=timezone.now())


@pytest.fixture
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.mark.django_db
@pytest.mark.usefixtures("data_dir", "empty_queue")
def test_is_ok_when_all_is_well(client: Client) -> None:
    now_well()

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (200, b"ok\n")


STRANGERS = {
    "another machine": {"REMOTE_ADDR": "203.0.113.5"},
    "another machine of the board": {"REMOTE_ADDR": "10.0.0.5"},
    "no address": {"REMOTE_ADDR": ""},
    "through the proxy": {"HTTP_X_FORWARDED_FOR": "203.0.113.5"},
    "through the proxy, with a forged address": {"HTTP_X_FORWARDED_FOR": "127.0.0.1, 203.0.113.5"},
    "through a proxy that believes anything": {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    "through a proxy that says nothing else": {"HTTP_VIA": "1.1 proxy"},
    "through a proxy that tells the scheme": {"HTTP_X_FORWARDED_PROTO": "https"},
    "by the newer header": {"HTTP_FORWARDED": "for=127.0.0.1"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_strangers_are_told_one_word_and_have_no_metrics(
    client: Client, settings: Settings, headers: dict[str, str], proxies: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies

    assert client.get("/readyz", **headers).content == b"degraded\n"  # type: ignore[arg-type]  # Django's extra
    assert client.get("/metrics", follow=True, **headers).status_code == 404  # type: ignore[arg-type]  # as above


@pytest.mark.django_db
@pytest.mark.parametrize("ip", ["127.0.0.1", "127.0.0.7", "::1"])
def test_whoever_asks_on_the_machine_is_told_what_is_wrong(client: Client, ip: str) -> None:
    response = client.get("/readyz", REMOTE_ADDR=ip)

    first, *problems = response.content.decode().splitlines()
    assert (response.status_code, first) == (200, "degraded")
    assert "worker: No worker lives: no e-mail goes out, and nothing is deleted in time." in problems
    assert client.get("/metrics", REMOTE_ADDR=ip).status_code == 200


@pytest.mark.django_db
def test_another_encryption_key_makes_pages_unserveable(client: Client, settings: Settings) -> None:
    require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"t1": bytes(range(32))}

    response = client.get("/readyz")

    assert (response.status_code, response.content.splitlines()[0]) == (503, b"unavailable")
    assert b"keys: ENCRYPTION_KEYS has other keys than those of the stored values: t1." in response.content


@pytest.mark.django_db
def test_the_database_is_asked_rarely_however_often_strangers_ask(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/readyz")
    with django_assert_num_queries(0):
        client.get("/readyz")


@pytest.mark.django_db
def test_that_pages_cannot_be_served_is_logged_once(
    client: Client, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"t1": bytes(range(32))}
    logging.config.dictConfig(logging_settings())  # a handler that writes to where the test looks

    assert [client.get("/readyz").status_code for _ in range(3)] == [503, 503, 503]

    written = capfd.readouterr().err.splitlines()
    assert len(written) == 1
    assert written[0].endswith(
        "ERROR egzaminator.web.health: Pages cannot be served: "
        "ENCRYPTION_KEYS has other keys than those of the stored values: t1."
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("data_dir", "empty_queue")
def test_metrics_are_what_the_probes_found(client: Client) -> None:
    queue_example(EmailKind.ACTIVATION)
    now_well()

    response = client.get("/metrics")

    found = {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }
    assert response["Content-Type"].startswith("text/plain; version=")
    assert found["egzaminator_ready"] == 1
    assert found[f"egzaminator_info {__version__}"] == 1
    assert found["egzaminator_probe worker"] == 0
    assert found["egzaminator_workers"] == 1
    assert found["egzaminator_mail_waiting"] == 1
    assert found["egzaminator_undecryptable_values"] == 0
    assert found["egzaminator_disk_free_bytes"] > 0
    assert 0 <= found["egzaminator_backup_age_seconds"] < 600
    assert "egzaminator_probe relay-connection" not in found  # a scrape connects to nobody's server
    assert not [key for key in found if "@" in key]
