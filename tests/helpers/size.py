"""How large the groups are that slow tests work on."""

import os
from typing import Final

# Set by `make test-full`.
_IS_WHOLE: Final = os.environ.get("TESTS_WHOLE") == "1"


def whole_or_tenth(count: int) -> int:
    """Return `count` in `make test-full`, and a tenth of it in any other run."""
    return count if _IS_WHOLE else count // 10
