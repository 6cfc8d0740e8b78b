"""Whose data stood in a file that staff downloaded: the only place where it is written."""

import uuid
from collections.abc import Iterable

from egzaminator.audit.models import ShownPeople


def record_shown(*, file: uuid.UUID, people: Iterable[uuid.UUID]) -> None:
    """Record that a file holds data of these examiners, before they are written to it. Nothing is recorded of nobody.

    `file` is the export that the event of each download names, or the event itself. A person may be recorded twice.
    """
    unique = list(dict.fromkeys(people))
    if unique:
        ShownPeople.objects.create(file=file, people=unique)
