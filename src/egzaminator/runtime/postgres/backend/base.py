"""Django's database backend for the embedded PostgreSQL server: it starts the server before it connects."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base, client

from egzaminator.runtime.postgres.server import hold, is_running

# A server can stop, together with its owner, just after it has answered.
_ATTEMPTS: Final = 3


class DatabaseClient(client.DatabaseClient):
    """The client behind `manage.py dbshell`."""

    def runshell(self, parameters: Iterable[str]) -> None:
        """Run psql, with the server started before. Raise `EmbeddedServerError` if it cannot be started."""
        hold(Path(self.connection.settings_dict["DATA_DIR"]))
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to PostgreSQL, which starts the embedded server if none is running."""

    client_class = DatabaseClient

    @property
    def data_dir(self) -> Path:
        """The folder that holds all files of the server (DATA_DIR)."""
        return Path(self.settings_dict["DATA_DIR"])

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg's connection parameters, with the server started.

        The server is started here because procrastinate's worker opens its own connections with these
        parameters. Raise `EmbeddedServerError` if the server cannot be started.
        """
        if not is_running(self.data_dir):
            hold(self.data_dir)
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new psycopg connection. If no server answers, start one or wait for another process's server.

        Raise psycopg's `OperationalError` if the connection fails after several attempts, and
        `EmbeddedServerError` if the server cannot be started.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError:
                hold(self.data_dir)
        return super().get_new_connection(conn_params)
