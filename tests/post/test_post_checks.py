import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from egzaminator.kernel.environment import MailServer, Security


def found() -> set[str]:
    return {message.id for message in run_checks(include_deployment_checks=True) if message.id.startswith("post.")}


@pytest.mark.parametrize(("length", "ids"), [(49, set()), (50, {"post.E001"})])
def test_mailed_links_fit_on_a_line(length: int, ids: set[str], settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = f"{'https://oke.example':x<{length}}"

    assert found() == ids


@pytest.mark.parametrize(
    ("server", "ids"),
    [
        (MailServer("mail.example", 25, Security.NONE), set()),
        (MailServer("mail.example", 25, Security.NONE, "oke", "secret"), {"post.E002"}),
        (MailServer("192.0.2.1", 25, Security.NONE, "oke", "secret"), {"post.E002"}),
        (MailServer("mail.example", 587, Security.STARTTLS, "oke", "secret"), set()),
        (MailServer("mail.example", 465, Security.TLS, "oke", "secret"), set()),
        (MailServer("127.0.0.1", 25, Security.NONE, "oke", "secret"), set()),
        (MailServer("localhost", 25, Security.NONE, "oke", "secret"), set()),
    ],
)
def test_a_password_is_not_sent_in_the_clear(server: MailServer, ids: set[str], settings: Settings) -> None:
    settings.MAIL_SERVER = server

    assert found() == ids
