"""Model fields for encrypted values and blind indexes, declared on the models so that key rotation finds them all."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import models

_MIGRATED_AS: Final = "django.db.models.BinaryField"


class _DeclaredField(models.BinaryField):  # type: ignore[type-arg]  # at run time it takes none
    def get_internal_type(self) -> str:
        """Return the type that determines the column's database type."""
        return "BinaryField"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Appear as a plain binary column in migrations, because the extra arguments do not affect the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, _MIGRATED_AS, args, kwargs


class EncryptedField(_DeclaredField):
    """A column of ciphertexts made by `core.encryption.encrypt`, each bound to its row.

    `location` is the place that the ciphertexts are bound to ("register.examiner.pesel"). Each row's context is
    made from it.
    """

    def __init__(self, *args: Any, location: str = "", **kwargs: Any) -> None:
        self.location = location
        super().__init__(*args, **kwargs)

    def context(self, row_id: object) -> str:
        """Return the context of a row's value, from the row's primary key."""
        return context_of(self.location, row_id)


class BlindIndexField(_DeclaredField):
    """A column of blind indexes of the values in the encrypted column `of`, made by `core.encryption.blind_index`."""

    def __init__(self, *args: Any, of: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.of = of
        self.purpose = purpose
        super().__init__(*args, **kwargs)


def context_of(location: str, row_id: object) -> str:
    """Return the context that a value is bound to, from its location and the primary key of its row."""
    return f"{location}:{row_id}"


def location_and_row(context: str) -> tuple[str, uuid.UUID | None]:
    """Split a context into the location and the row's key. Return None as the key if it is not a UUID."""
    location, _, row = context.rpartition(":")
    try:
        return location, uuid.UUID(row)
    except ValueError:
        return context, None
