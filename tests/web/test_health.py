import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_answers_whatever_the_server_is_called(client: Client, path: str) -> None:
    response = client.get(path, headers={"host": "10.20.30.40"})

    assert (response.status_code, response.content) == (200, b"ok\n")
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

    assert (response.status_code, response.content) == (503, b"database\n")
