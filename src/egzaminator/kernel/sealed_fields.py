"""Columns of secrets, declared where they stand, so that the rotation of keys finds every one of them."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import models

_MIGRATED_AS: Final = "django.db.models.BinaryField"


class _DeclaredField(models.BinaryField):  # type: ignore[type-arg]  # at run time it takes none
    def get_internal_type(self) -> str:
        """Give the type whose column it has."""
        return "BinaryField"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Be a plain binary column to migrations: what is declared here is no matter of the database's."""
        name, _path, args, kwargs = super().deconstruct()
        return name, _MIGRATED_AS, args, kwargs


class EncryptedField(_DeclaredField):
    """Ciphertexts that `kernel.encryption.encrypt` made, each bound to its row.

    Takes the place that they are bound to ("register.examiner.pesel"), of which each row's context is made.
    """

    def __init__(self, *args: Any, place: str = "", **kwargs: Any) -> None:
        self.place = place
        super().__init__(*args, **kwargs)

    def context(self, row_id: object) -> str:
        """Give the context of a row's value, by the row's primary key."""
        return context_of(self.place, row_id)


class BlindIndexField(_DeclaredField):
    """HMACs that `kernel.encryption.blind_index` made of what the encrypted column `of` holds, for a purpose."""

    def __init__(self, *args: Any, of: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.of = of
        self.purpose = purpose
        super().__init__(*args, **kwargs)


def context_of(place: str, row_id: object) -> str:
    """Give what a value in a place of a row is bound to."""
    return f"{place}:{row_id}"


def place_and_row(context: str) -> tuple[str, uuid.UUID | None]:
    """Take a context apart. Gives None for a row whose key is no uuid."""
    place, _, row = context.rpartition(":")
    try:
        return place, uuid.UUID(row)
    except ValueError:
        return context, None
