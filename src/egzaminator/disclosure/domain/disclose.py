from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.disclosure.domain.account_data import account_data
from egzaminator.disclosure.domain.records import Record
from egzaminator.disclosure.domain.register_data import register_data
from egzaminator.disclosure.domain.traffic_data import traffic_data
from egzaminator.kernel.board import current_board
from egzaminator.register.models import Examiner

# The version of the export's format. It changes when a key changes its name or meaning. A new key does not change it,
# because readers of the other keys are unaffected.
FORMAT = "egzaminator/1"


def disclose(*, account: Account, examiner: Examiner, address: str | None = None) -> Record:
    """Return everything that the service holds about an examiner, under stable names, and record the export.

    Required by GDPR, art. 15 and 20. Takes the account, its examiner, and the client's IP address. The values are text,
    numbers, booleans, dates, aware datetimes, and lists and mappings of these. docs/personal-data.md explains each of
    them. Raise `UndecryptableError`.
    """
    data = {
        "format": FORMAT,
        "made_at": timezone.now(),
        "made_by": current_board().name,
        **register_data(examiner=examiner),
        **account_data(account=account),
        **traffic_data(account=account),
    }
    record_event(tag=Tag.DATA_DOWNLOADED, actor=account.id, subject=account.id, address=address)
    return data
