from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExamKind(TextChoices):
    EIGHTH_GRADE = "eighth-grade", _("eighth-grade exam")
    MATURA = "matura", _("matura exam")
    VOCATIONAL = "vocational", _("vocational exam")
    EXTERNAL = "external", _("external exam")
    OTHER = "other", _("other exam")


class EntryState(TextChoices):
    ACTIVE = "active", _("active")
    STRUCK_OFF = "struck-off", _("struck off")


class DecisionKind(TextChoices):
    ENTRY = "entry", _("entry")
    STRIKE_OFF = "strike-off", _("strike-off")
