"""Choices of the register's models."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExamKind(TextChoices):
    """The kind of an exam. A retired kind stays in old entries as OTHER."""

    EIGHTH_GRADE = "eighth-grade", _("eighth-grade exam")
    MATURA = "matura", _("matura exam")
    VOCATIONAL = "vocational", _("vocational exam")
    EXTERNAL = "external", _("external exam")
    OTHER = "other", _("other exam")


class EntryState(TextChoices):
    """Whether an entry still authorises its holder to examine."""

    ACTIVE = "active", _("active")
    STRUCK_OFF = "struck-off", _("struck off")


class DecisionKind(TextChoices):
    """The effect of a decision on an entry."""

    ENTRY = "entry", _("entry")
    STRIKE_OFF = "strike-off", _("strike-off")


class ExportContent(TextChoices):
    """What an export of examiners holds."""

    REGISTER_FILE = "register-file", _("register with PESELs")
    PEOPLE = "people", _("list without PESELs")


class ExportFormat(TextChoices):
    """The format of an export's file."""

    XLSX = "xlsx", _("Excel workbook (XLSX)")
    CSV = "csv", _("CSV file")


class ExportState(TextChoices):
    """How far an export is."""

    WAITING = "waiting", pgettext_lazy("export", "waits")
    RUNNING = "running", pgettext_lazy("export", "being made")
    READY = "ready", pgettext_lazy("export", "ready")
    FAILED = "failed", pgettext_lazy("export", "failed")
