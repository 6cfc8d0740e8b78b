"""The modules with the steps, in the order in which their steps are done."""

from types import ModuleType
from typing import Final

from tests.installation import (
    step_backup,
    step_certificate,
    step_disk,
    step_install,
    step_kills,
    step_refusals,
    step_restore,
    step_secrets,
    step_upgrade,
    step_walk,
)

# The steps of secrets look at everything that was done before. What is restored is the last backup.
MODULES: Final[list[ModuleType]] = [
    step_refusals,
    step_install,
    step_walk,
    step_kills,
    step_backup,
    step_disk,
    step_certificate,
    step_upgrade,
    step_secrets,
    step_restore,
]
