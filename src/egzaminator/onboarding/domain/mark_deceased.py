import datetime
import uuid

from django.db import transaction

from egzaminator.accounts.domain.end_sessions import end_sessions
from egzaminator.accounts.domain.withdraw_links import withdraw_links
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.onboarding.domain.close_claims import close_claims
from egzaminator.onboarding.enums import Closing
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner


def mark_deceased(*, examiner_id: uuid.UUID, on: datetime.date, actor: uuid.UUID | None = None) -> None:
    """Write down that an examiner died, and close every door: nobody logs in as them any more, and no mail goes out.

    Takes the examiner, the day they died, and the staff account that says so (None: the command line). The entries stay
    as they are: striking them off is a decision of the board's. The account is deleted later, by retention.
    """
    with transaction.atomic():
        examiner = Examiner.objects.select_for_update().get(pk=examiner_id)
        examiner.deceased_on = on
        examiner.save(update_fields=["deceased_on", "updated_at"])
        claims = Claim.objects.filter(examiner=examiner, closed_at__isnull=True)
        close_claims(claim_ids=list(claims.values_list("id", flat=True)), closing=Closing.STOPPED)
        account = Account.objects.select_for_update(of=("self",)).filter(examiner=examiner).first()
        if account is not None:
            account.is_active = False
            account.save(update_fields=["is_active"])
            withdraw_links(subjects=[account.id], purposes=list(LinkPurpose))
            end_sessions(account=account)
        record_event(tag=Tag.EXAMINER_DECEASED, actor=actor, subject=examiner.id)
