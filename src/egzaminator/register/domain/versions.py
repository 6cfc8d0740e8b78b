"""The version of a row: what its editor saw. Whoever saves a form about an older one is shown what changed."""

import hashlib
from collections.abc import Iterable

from django.db.models import Model


def version_of(row: Model, fields: Iterable[str]) -> str:
    """Return the version of a row: a digest of these fields."""
    return hashlib.sha256(repr([getattr(row, name) for name in fields]).encode()).hexdigest()
