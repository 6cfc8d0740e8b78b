from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base, client

from egzaminator.kernel.postgres.server import hold, is_running

# A server may go away, with its owner, just after it has answered.
_ATTEMPTS: Final = 3


class DatabaseClient(client.DatabaseClient):
    """What `manage.py dbshell` starts."""

    def runshell(self, parameters: Iterable[str]) -> None:
        """Run psql, with a server for it to connect to. Raises EmbeddedServerError."""
        hold(Path(self.connection.settings_dict["DATA_DIR"]))
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to PostgreSQL, which sees to it that the embedded server runs."""

    client_class = DatabaseClient

    @property
    def data_dir(self) -> Path:
        """The folder that the server keeps everything in."""
        return Path(self.settings_dict["DATA_DIR"])

    def get_connection_params(self) -> dict[str, Any]:
        """Give psycopg's parameters, and a server behind them: procrastinate's worker connects with these by itself.

        Raises EmbeddedServerError.
        """
        if not is_running(self.data_dir):
            hold(self.data_dir)
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when no server answers, start one, or wait for the one that another process starts.

        Takes psycopg's parameters, gives its connection. Raises psycopg's OperationalError and EmbeddedServerError.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError:
                hold(self.data_dir)
        return super().get_new_connection(conn_params)
