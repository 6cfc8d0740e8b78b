"""The information clause (GDPR art. 13) that stands before the form. What each examiner was shown is recorded."""

from typing import Final

# The date it was worded on; a change of the wording in the template gets a new one.
VERSION: Final = "2026-11-22"
