"""What is known of an imported file besides numbers. It may hold personal data, so it is kept encrypted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from egzaminator.core.encryption import encrypt
from egzaminator.register.columns import Column
from egzaminator.register.errors import (
    MissingColumnsError,
    RegisterFileError,
    RepeatedColumnsError,
    UnreadableFileError,
)
from egzaminator.register.models import Import, report_context
from egzaminator.register.problems import FileProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What the board is told of a file that was read."""

    name: str = ""
    """The file's name, as its uploader has it."""
    sheet: str = ""
    """The name of the sheet that was read; "" for a file without sheets."""
    other_sheets: Sequence[str] = ()
    """The names of the sheets that were not read."""
    ignored_columns: Sequence[str] = ()
    """The headings of columns that a register does not have."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """The headings that are spelled differently from the column's own name, by column."""
    new_scopes: Sequence[str] = ()
    """The codes of the scopes that the register does not have yet."""
    refusal: RegisterFileError | None = None
    """Why the file as a whole was refused."""

    @classmethod
    def of(cls, one: Import) -> Self:
        """Return the report of an import. Raise `UndecryptableError`."""
        kept = one.report
        return cls(**{**kept, "refusal": _as_error(kept["refusal"]) if kept.get("refusal") else None})

    def encrypted_for(self, one: Import) -> bytes:
        """Return the ciphertext of the report, bound to an import."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        kept["refusal"] = _as_data(self.refusal)
        return encrypt(json.dumps(kept), context=report_context(one.pk))


def _as_data(error: RegisterFileError | None) -> dict[str, Any] | None:
    match error:
        case UnreadableFileError():
            return {"problem": error.problem.name, "line": error.line, "sheets": list(error.sheets)}
        case MissingColumnsError():
            return {"missing": list(error.columns), "sheet": error.sheet}
        case RepeatedColumnsError():
            return {"repeated": list(error.columns), "sheet": error.sheet}
    return None


def _as_error(data: Mapping[str, Any]) -> RegisterFileError:
    if "problem" in data:
        return UnreadableFileError(FileProblem[data["problem"]], line=data["line"], sheets=data["sheets"])
    if "missing" in data:
        return MissingColumnsError([Column(name) for name in data["missing"]], sheet=data["sheet"])
    return RepeatedColumnsError([Column(name) for name in data["repeated"]], sheet=data["sheet"])
