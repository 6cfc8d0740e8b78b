import os
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from egzaminator import __version__
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.runtime.checks import add_test_machine_switch, require_safe_settings
from egzaminator.runtime.environment import Bind
from egzaminator.runtime.listeners import listen, systemd_listeners
from egzaminator.runtime.maintenance import is_maintenance_on
from egzaminator.runtime.restoring import require_whole_database
from egzaminator.runtime.schema import require_migrations
from egzaminator.runtime.web_server import Group, run_groups


class Command(BaseCommand):
    """Serve the site in production, behind a proxy.

    It listens on the sockets that systemd passes, or else on the addresses in `BIND` and `BIND_LOGINS`.
    """

    help = (
        "Serve the site (production), on the sockets that systemd passes or at the addresses in BIND "
        "(127.0.0.1:8000 unless told otherwise) and, for log-ins in processes of their own, BIND_LOGINS."
    )

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
        listeners = open_listeners()
        served = " and ".join(f"{group.value} at {_address_of(listener)}" for group, listener in listeners.items())
        self.stdout.write(f"Egzaminator {__version__} serves {served}.")
        connections.close_all()  # the workers are forks of this process and must not share its connections
        run_groups(listeners)


def open_listeners() -> dict[Group, socket.socket]:
    """Return the sockets that systemd has passed or, without any, those at `BIND` and `BIND_LOGINS`.

    Raise `CommandError` if systemd's have no known name, or an address cannot be listened on.
    """
    listeners = {}
    for name, listener in systemd_listeners().items():
        if name not in {group.value for group in Group}:
            raise CommandError(f"systemd passed a socket named {name}. FileDescriptorName= must be pages or log-ins.")
        listeners[Group(name)] = listener
    if listeners:
        return listeners
    settings_of = {"BIND": (Group.PAGES, settings.BIND), "BIND_LOGINS": (Group.LOG_INS, settings.BIND_LOGINS)}
    for name, (group, bind) in settings_of.items():
        if bind is not None:
            try:
                listeners[group] = listen(bind.host, bind.port)
            except OSError as error:
                reason = os.strerror(error.errno or 0)
                raise CommandError(f"{bind} ({name}) cannot be listened on: {reason}.") from None
    return listeners


def _address_of(listener: socket.socket) -> Bind:
    host, port, *_ = listener.getsockname()
    return Bind(host, port)
