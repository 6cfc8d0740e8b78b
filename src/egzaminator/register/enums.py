"""Choices of the register's models."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
    NUMBER = "number", _("Registration number")
    SCOPE = "scope", _("Scope")
    REFERENCE = "reference", _("Reference number")
    DECIDED_ON = "decided_on", _("Date of the decision")
    GROUND = "ground", _("Ground")
