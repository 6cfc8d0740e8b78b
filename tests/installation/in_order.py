"""The modules with the steps, in the order in which they are done."""

from tests.installation import step_install  # isort: skip
from tests.installation import step_upgrade  # isort: skip

__all__ = ["step_install", "step_upgrade"]
