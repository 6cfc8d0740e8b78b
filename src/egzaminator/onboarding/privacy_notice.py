"""The version of the information clause (GDPR art. 13) that a form shows; each claim records the version shown."""

from typing import Final

from egzaminator.accounts.domain.privacy_notice import newest_notice
from egzaminator.accounts.models import PrivacyNotice

# The date of the program's own wording. Whoever changes the wording in the template sets a new date. A board that has
# published a version of its own shows that one.
VERSION: Final = "2026-11-22"


def current_version() -> str:
    """Return the version that a form made now shows."""
    newest = newest_notice()
    return newest.version if newest else VERSION


def version_shown(said: str) -> str:
    """Return the version that a form says it was made with.

    Any other text counts as the program's own wording, so that its sender is shown the board's after the log-in.
    """
    return said if PrivacyNotice.objects.filter(version=said).exists() else VERSION
