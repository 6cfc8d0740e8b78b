import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings


def found() -> set[str]:
    ids = {message.id or "" for message in run_checks(include_deployment_checks=True)}
    return {each for each in ids if each.startswith("mail.")}


@pytest.mark.parametrize(("length", "ids"), [(49, set()), (50, {"mail.E001"})])
def test_mailed_links_fit_on_a_line(length: int, ids: set[str], settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = f"{'https://oke.example':x<{length}}"

    assert found() == ids
