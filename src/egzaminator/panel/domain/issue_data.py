"""Issuing what is held about a person to whoever asks the board for their own data (GDPR, art. 15)."""

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.data_export.domain.export import Record, collect
from egzaminator.panel.domain.looks import record_look
from egzaminator.register.models import Examiner


def issue_data(*, examiner: Examiner, reason: str, by: Actor) -> Record:
    """Record that a staff member takes out all data about an examiner, and return them: what "My data" has.

    The examiner may have an account or none, and the record may be ended in any way; one that was joined into another
    has nothing, and its data are the other one's. `reason` is what the staff member typed. Raise `UndecryptableError`.
    """
    account = Account.objects.select_related("examiner").filter(examiner=examiner).first()
    # It is recorded before the data are collected, so that the person finds it among them.
    record_look(tag=Tag.DATA_ISSUED, by=by, subject=examiner.pk, reason=reason)
    return collect(examiner=examiner, account=account)
