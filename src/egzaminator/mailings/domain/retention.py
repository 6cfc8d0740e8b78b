"""How long mailings are kept."""

from egzaminator.audit.retention_rules import MAILINGS
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing


def delete_old_mailings() -> int:
    """Delete the mailings that ended `KEEP_MESSAGES_DAYS` ago, and drafts begun so long ago; return how many.

    Their recipients go with them. In "My account" they can be read until then.
    """
    ended = Mailing.objects.filter(ended_at__lte=MAILINGS.before)
    drafts = Mailing.objects.filter(state=MailingState.DRAFT, created_at__lte=MAILINGS.before)
    return sum(some.delete()[1].get(Mailing._meta.label, 0) for some in (ended, drafts))  # noqa: SLF001 -- Django documents `_meta` as public
