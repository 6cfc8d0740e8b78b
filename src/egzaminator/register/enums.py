"""Choices of the register's models."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


class DecisionKind(TextChoices):
    """The effect of a decision on an entry."""

    ENTRY = "entry", _("entry")
    STRIKE_OFF = "strike-off", _("strike-off")
