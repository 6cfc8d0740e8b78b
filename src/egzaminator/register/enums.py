from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExamKind(TextChoices):
    """What is examined. Retired kinds stay in old entries, as OTHER."""

    EIGHTH_GRADE = "eighth-grade", _("eighth-grade exam")
    MATURA = "matura", _("matura exam")
    VOCATIONAL = "vocational", _("vocational exam")
    EXTERNAL = "external", _("external exam")
    OTHER = "other", _("other exam")


class EntryState(TextChoices):
    """Whether an entry still allows to examine."""

    ACTIVE = "active", _("active")
    STRUCK_OFF = "struck-off", _("struck off")


class DecisionKind(TextChoices):
    """What a decision did to an entry."""

    ENTRY = "entry", _("entry")
    STRIKE_OFF = "strike-off", _("strike-off")
