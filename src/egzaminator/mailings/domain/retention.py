"""How long mailings are kept."""

from django.db import transaction
from django.db.models import Q

from egzaminator.audit.retention_rules import MAILINGS
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing
from egzaminator.stored_files.domain.files import delete_files_of


def delete_old_mailings() -> int:
    """Delete the mailings that ended `KEEP_MESSAGES_DAYS` ago, and drafts begun so long ago; return how many.

    One that was stopped for now, and that nobody has let on since, goes so long after its start. Their recipients and
    attachments go with them. In "My account" they can be read until then.
    """
    draft = Q(state=MailingState.DRAFT, created_at__lte=MAILINGS.before)
    stopped = Q(state=MailingState.PAUSED, starts_at__lte=MAILINGS.before)
    with transaction.atomic():
        old = Mailing.objects.select_for_update().filter(Q(ended_at__lte=MAILINGS.before) | draft | stopped)
        keys = list(old.order_by("pk").values_list("pk", flat=True))
        for key in keys:
            delete_files_of(owner=key)
        Mailing.objects.filter(pk__in=keys).delete()
    return len(keys)
