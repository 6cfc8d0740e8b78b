"""The migrations that take something away from the database, and since which release nobody needs it.

Every other migration lets the release before run on the new schema, so that releases change without a pause and going
back restores no data. What is taken away here was last used by a release before the one that is named
(docs/developing.md, "Making a release"). `tests/test_migrations.py` refuses one that is not declared.
"""

from collections.abc import Mapping
from typing import Final

CONTRACTIONS: Final[Mapping[str, str]] = {
    # "register.0004_drop_old_number": "0.4.0",
}
