import runpy
from pathlib import Path

import pytest
from django.conf import settings as project

from egzaminator.kernel.environment import EnvironmentProblemError

SETTINGS = Path(project.PACKAGE_DIR, "settings.py")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("SESSION_IDLE_MINUTES", 30, 240), ("SESSION_HOURS", 4, 24), ("PASSWORD_MIN_LENGTH", 8, 64)],
)
def test_numbers_outside_their_range_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, least: int, most: int
) -> None:
    for number in (least, most):
        monkeypatch.setenv(name, str(number))
        assert runpy.run_path(str(SETTINGS))[name] == number
    for wrong in (str(least - 1), str(most + 1), "an hour", ""):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(EnvironmentProblemError, match=name):
            runpy.run_path(str(SETTINGS))
