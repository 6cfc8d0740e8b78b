"""Choices of the register's models."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExamKind(TextChoices):
    """The kind of an exam. A scope that came in a register file has none until staff choose one."""

    EIGHTH_GRADE = "eighth-grade", _("eighth-grade exam")
    MATURA = "matura", _("matura exam")
    VOCATIONAL = "vocational", _("vocational exam")
    EXTERNAL = "external", _("external exam")
    OTHER = "other", _("other exam")


class EntryState(TextChoices):
    """Whether an entry still authorises its holder to examine."""

    ACTIVE = "active", _("active")
    STRUCK_OFF = "struck-off", _("struck off")
    TRANSFERRED = "transferred", _("transferred to another board")


class DecisionKind(TextChoices):
    """The effect of a decision on an entry."""

    ENTRY = "entry", _("entry")
    STRIKE_OFF = "strike-off", _("strike-off")


class RegisterField(TextChoices):
    """A value of the register that staff may correct. The names are those of the columns."""

    SURNAME = "surname", _("Surname")
    FIRST_NAMES = "first_names", _("First names")
    PESEL = "pesel", _("PESEL")
    IDENTIFIER = "identifier", _("Identifier")
    EMAIL = "email", _("E-mail address")
    ADDRESS = "address", _("Postal address")
    NUMBER = "number", _("Registration number")
    SCOPE = "scope", _("Scope")
    REFERENCE = "reference", _("Reference number")
    DECIDED_ON = "decided_on", _("Date of the decision")
    GROUND = "ground", _("Ground")


class AccountStanding(TextChoices):
    """What lists say of an examiner's account. Only accounts/ and onboarding/ know more."""

    NONE = "none", pgettext_lazy("account of an examiner", "no account")
    WAITING = "waiting", pgettext_lazy("account of an examiner", "waits for activation")
    ACTIVE = "active", pgettext_lazy("account of an examiner", "active")
    FROZEN = "frozen", pgettext_lazy("account of an examiner", "blocked")
    CLOSED = "closed", pgettext_lazy("account of an examiner", "closed")


class EmailStanding(TextChoices):
    """What lists say of the e-mail address that an examiner is written to at."""

    CONFIRMED = "confirmed", pgettext_lazy("e-mail address", "confirmed")
    UNCONFIRMED = "unconfirmed", pgettext_lazy("e-mail address", "not confirmed")
    HELD = "held", pgettext_lazy("e-mail address", "on hold")
    NONE = "none", pgettext_lazy("e-mail address", "none")


class ExportContent(TextChoices):
    """What an export of examiners holds."""

    REGISTER_FILE = "register-file", _("register with PESELs")
    PEOPLE = "people", _("list without PESELs")
    IMPORT_ROWS = "import-rows", _("register file to be corrected")
    LETTERS = "letters", _("letters of invitation")
    RECIPIENTS = "recipients", _("recipients of a message")


class ExportFormat(TextChoices):
    """The format of an export's file."""

    XLSX = "xlsx", _("Excel workbook (XLSX)")
    CSV = "csv", _("CSV file")
    ZIP = "zip", _("PDF files in a ZIP archive")


class ExportState(TextChoices):
    """How far an export is."""

    WAITING = "waiting", pgettext_lazy("export", "waits")
    RUNNING = "running", pgettext_lazy("export", "being made")
    READY = "ready", pgettext_lazy("export", "ready")
    FAILED = "failed", pgettext_lazy("export", "failed")


class ImportState(TextChoices):
    """How far an import is."""

    WAITING = "waiting", pgettext_lazy("import", "waits to be checked")
    CHECKING = "checking", pgettext_lazy("import", "being checked")
    REFUSED = "refused", pgettext_lazy("import", "file refused")
    CHECKED = "checked", pgettext_lazy("import", "checked")
    ASKED = "asked", pgettext_lazy("import", "waits to be applied")
    APPLYING = "applying", pgettext_lazy("import", "being applied")
    APPLIED = "applied", pgettext_lazy("import", "applied")
    GIVEN_UP = "given-up", pgettext_lazy("import", "given up")
    UNDO_ASKED = "undo-asked", pgettext_lazy("import", "waits to be taken back")
    UNDOING = "undoing", pgettext_lazy("import", "being taken back")
    UNDONE = "undone", pgettext_lazy("import", "taken back")
    FAILED = "failed", pgettext_lazy("import", "failed")


class RowOutcome(TextChoices):
    """What a row of a register file would do to the register."""

    NEW = "new", pgettext_lazy("row of an import", "new")
    CHANGED = "changed", pgettext_lazy("row of an import", "changed")
    SAME = "same", pgettext_lazy("row of an import", "unchanged")
    WRONG = "wrong", pgettext_lazy("row of an import", "wrong")


class UndoOutcome(TextChoices):
    """What the undoing of an import did with a person whose data the import wrote; if they were left, why."""

    TAKEN_BACK = "taken-back", pgettext_lazy("undoing of an import", "taken back")
    RETURNED = "returned", pgettext_lazy("undoing of an import", "has the former values again")
    ACCOUNT = "account", pgettext_lazy("undoing of an import", "has an account since")
    CLAIM = "claim", pgettext_lazy("undoing of an import", "saved a form of the first login")
    JOINED = "joined", pgettext_lazy("undoing of an import", "joined with another person")
    NOTE = "note", pgettext_lazy("undoing of an import", "a note was written")
    IMPORTED = "imported", pgettext_lazy("undoing of an import", "a later import changed the person")
    CHANGED = "changed", pgettext_lazy("undoing of an import", "changed by hand since")
    USED = "used", pgettext_lazy("undoing of an import", "something was made for the person since")
    OWN = "own", pgettext_lazy("undoing of an import", "the record of whoever undoes the import")
    UNREADABLE = "unreadable", pgettext_lazy("undoing of an import", "stored data cannot be read")

    @classmethod
    def undone(cls) -> tuple["UndoOutcome", ...]:
        """Return the outcomes of a person whom the undoing did not leave as they were."""
        return cls.TAKEN_BACK, cls.RETURNED

    @classmethod
    def left(cls) -> tuple["UndoOutcome", ...]:
        """Return the outcomes of a person who was left as they were, because something stood in the way."""
        return tuple(one for one in cls if one not in cls.undone())
