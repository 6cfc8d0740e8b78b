"""What the panel shows of imports: their files, who sent them, what would be done and what was."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.core.encryption import UndecryptableError
from egzaminator.panel.journal_text import unreadable
from egzaminator.register.domain.imports.preview import PreviewPart
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.domain.imports.text import refusal_text
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Import


@dataclass(frozen=True, slots=True)
class ShownImport:
    """An import in words."""

    record: Import
    report: ImportReport | None
    """None: it does not decrypt."""
    uploader: str

    @property
    def file_name(self) -> str:
        """The file's name, as its uploader has it."""
        return self.report.name if self.report else unreadable()

    @property
    def refusal(self) -> str:
        """Why the file as a whole was refused, and what to do; "" if it was not."""
        return refusal_text(self.report.refusal) if self.report and self.report.refusal else ""

    @property
    def tone(self) -> str:
        """The colour of its state: "error", "warning", "success", or "" for none."""
        return _TONES.get(ImportState(self.record.state), "")

    @property
    def template(self) -> str:
        """The template of what its page says of its state."""
        if self.record.is_due:
            return "panel/imports/running.html"
        if self.is_applied:
            return "panel/imports/applied.html"
        return f"panel/imports/{'refused' if self.record.state == ImportState.REFUSED else 'over'}.html"

    @property
    def numbers(self) -> list[str]:
        """How many rows there are of each kind, in words."""
        return [
            f"{label}: {number_format(count, force_grouping=True)}"
            for part, label in _LABELS.items()
            if (count := self.record.counts.get(part))
        ]

    @property
    def is_applied(self) -> bool:
        """Whether the register got what the file brought, whatever became of it since. An undoing may have failed."""
        return self.record.applied_at is not None


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a preview, as the link to its rows."""

    part: PreviewPart
    label: Promise
    count: int

    @property
    def tone(self) -> str:
        """Its colour: "error" or "warning", or "" for none."""
        if not self.count:
            return ""
        return "error" if self.part is PreviewPart.WRONG else "warning" if self.part not in _ALWAYS else ""

    @property
    def slug(self) -> str:
        """The last part of its URL."""
        return SLUGS[self.part]


SLUGS: Mapping[PreviewPart, str] = {
    PreviewPart.WRONG: "bledne",
    PreviewPart.MOVED: "inne-niz-przedtem",
    PreviewPart.APART: "poprawione-recznie",
    PreviewPart.NEW: "nowe",
    PreviewPart.CHANGED: "zmienione",
    PreviewPart.SAME: "bez-zmian",
}
PARTS: Mapping[str, PreviewPart] = {slug: part for part, slug in SLUGS.items()}
TITLES: Mapping[PreviewPart, Promise] = {
    PreviewPart.WRONG: gettext_lazy("Rows to correct"),
    PreviewPart.MOVED: gettext_lazy("Rows under which the register has changed meanwhile"),
    PreviewPart.APART: gettext_lazy("Rows that differ from what was corrected by hand"),
    PreviewPart.NEW: gettext_lazy("New rows"),
    PreviewPart.CHANGED: gettext_lazy("Changed rows"),
    PreviewPart.SAME: gettext_lazy("Unchanged rows"),
}
_LABELS: Mapping[PreviewPart, Promise] = {
    PreviewPart.WRONG: gettext_lazy("to correct"),
    PreviewPart.MOVED: gettext_lazy("changed meanwhile"),
    PreviewPart.APART: gettext_lazy("corrected by hand before"),
    PreviewPart.NEW: gettext_lazy("new"),
    PreviewPart.CHANGED: gettext_lazy("changed"),
    PreviewPart.SAME: gettext_lazy("unchanged"),
}
_TONES: Mapping[ImportState, str] = {
    ImportState.REFUSED: "error",
    ImportState.FAILED: "error",
    ImportState.CHECKED: "warning",
    ImportState.APPLIED: "success",
}
# Shown although they have no rows.
_ALWAYS = (PreviewPart.NEW, PreviewPart.CHANGED, PreviewPart.SAME)


def shown(imports: Iterable[Import]) -> list[ShownImport]:
    """Return imports in words, in one query."""
    imports = list(imports)
    members = Account.objects.in_bulk({one.uploader for one in imports if one.uploader})
    return [ShownImport(one, _report(one), _uploader(one, members)) for one in imports]


def tiles(one: Import, *, moved: int) -> list[Tile]:
    """Return the parts of a checked import's preview, first what somebody has to look at."""
    counts = {**one.counts, PreviewPart.MOVED: moved}
    return [
        Tile(part, label, counts.get(part, 0))
        for part, label in _LABELS.items()
        if part in _ALWAYS or counts.get(part, 0)
    ]


def _report(one: Import) -> ImportReport | None:
    try:
        return ImportReport.of(one)
    except UndecryptableError:  # one damaged value must not hide the rest of the list
        return None


def _uploader(one: Import, members: Mapping[uuid.UUID, Account]) -> str:
    if one.uploader is None:
        return _("the administrator, by command")
    member = members.get(one.uploader)
    return member.display_name if member else _("a deleted account")
