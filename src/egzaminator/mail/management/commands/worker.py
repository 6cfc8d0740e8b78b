from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition

from egzaminator import __version__
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from egzaminator.runtime.checks import add_test_machine_switch, require_safe_settings
from egzaminator.runtime.restoring import require_whole_database
from egzaminator.runtime.schema import require_migrations
from egzaminator.runtime.service_manager import notify_ready

# One delivery job drains whole batches; beside it only short jobs run. More workers give more of both.
_JOBS_AT_ONCE: Final = 2
# Seconds that running jobs get to finish when the worker is told to stop.
_STOP_TIMEOUT: Final = 20


class Command(BaseCommand):
    """Deliver e-mail and run the periodic jobs until SIGTERM or SIGINT. Start as many as wanted."""

    help = "Deliver e-mail and run the periodic jobs. Start as many of them as wanted."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch for a test machine."""
        add_test_machine_switch(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until SIGTERM or SIGINT.

        Raise `OperationalError` if there is no database at the start, `EncryptionKeyChangedError` if a key does not
        open what was encrypted with it, `CommandError` if the database is older than the program, or goes away later.
        """
        if not settings.DEMO:  # a demo's mail goes to the demo mailbox
            require_safe_settings(stderr=self.stderr, is_test_machine=options["insecure_test_machine"])
        connections["default"].ensure_connection()  # fails immediately with a clear message, unlike the worker's pool
        require_whole_database()
        require_migrations()
        require_encryption_keys()
        self.stdout.write(f"Egzaminator {__version__}: the worker begins.")
        notify_ready()
        connections.close_all()
        connector = app.connector
        if not isinstance(connector, DjangoConnector):
            raise TypeError(connector)
        with app.replace_connector(connector.get_worker_connector()) as worker:
            try:
                worker.run_worker(
                    concurrency=_JOBS_AT_ONCE,
                    shutdown_graceful_timeout=_STOP_TIMEOUT,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,  # no arguments of finished jobs stay behind
                )
            except ConnectorException as error:
                raise CommandError("The worker lost the database and stops. Start it again.") from error
