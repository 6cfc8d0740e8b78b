"""The modules with the steps, in the order in which they are done."""

from tests.installation import step_install

__all__ = ["step_install"]
