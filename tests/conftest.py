import pytest
from django.core.management import call_command
from django.test import Client


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect the static files once, before the workers start that share their folder."""
    if not hasattr(session.config, "workerinput"):
        call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture
def browser() -> Client:
    """A browser that holds to CSRF, as real ones are made to."""
    return Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
