import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from egzaminator import __version__
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.runtime.checks import add_test_machine_switch, require_safe_settings
from egzaminator.runtime.maintenance import is_maintenance_on
from egzaminator.runtime.operating_system import listening_error
from egzaminator.runtime.restoring import require_whole_database
from egzaminator.runtime.schema import require_migrations
from egzaminator.runtime.web_server import run_web_server


class Command(BaseCommand):
    """Serve the site in production, behind a proxy, on the host and port in `BIND`."""

    help = "Serve the site (production). BIND sets the address, 127.0.0.1:8000 unless told otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option that relaxes the safety checks on a test machine."""
        add_test_machine_switch(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or SIGINT. Raise `CommandError` or `IndexKeyChangedError` if the site is not ready."""
        if settings.DEMO:
            raise CommandError("DEMO is set, and demo data have no place in production. Unset it, or use `make run`.")
        require_safe_settings(stderr=self.stderr, is_test_machine=options["insecure_test_machine"])
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
            raise CommandError("The static files are not collected. Run `python manage.py collectstatic` first.")
        require_whole_database()
        require_migrations()
        require_encryption_keys()
        if not is_maintenance_on():
            require_index_key()
        if error := listening_error(settings.BIND.host, settings.BIND.port):
            raise CommandError(f"{settings.BIND} (BIND) cannot be listened on: {error.strerror}.")
        self.stdout.write(f"Egzaminator {__version__} serves the site at {settings.BIND}.")
        connections.close_all()  # the workers are forks of this process and must not share its connections
        run_web_server(host=settings.BIND.host, port=settings.BIND.port, workers=os.cpu_count() or 1)
