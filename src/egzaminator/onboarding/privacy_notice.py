"""Version of the privacy notice (GDPR art. 13) shown before the form; each claim records the version shown."""

from typing import Final

# The date of its wording. Whoever changes the wording in the template sets a new date.
VERSION: Final = "2026-11-22"
