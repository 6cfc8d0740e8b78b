import uuid
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from egzaminator.core.requests import client_ip


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and from which IP address: what use cases take and audit events record."""

    account_id: uuid.UUID | None = None
    """The account that is logged in. None: nobody is, or it is a command or a job."""
    ip: str | None = None


# Commands and jobs: there is neither an account nor a request.
SYSTEM: Final = Actor()


def actor_of(request: HttpRequest) -> Actor:
    """Return who sends a request, and from which IP address."""
    account = request.user
    return Actor(account.pk if account.is_authenticated else None, client_ip(request))
