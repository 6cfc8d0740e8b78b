import datetime
import uuid
from typing import Final

from django.db import transaction

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.entrance.models import ResetRequest, name_context
from egzaminator.kernel.encryption import encrypt
from egzaminator.kernel.jobs import start_job
from egzaminator.kernel.requests import network_of
from egzaminator.limits.domain.count_use import count_use
from egzaminator.limits.domain.limit import Limit
from egzaminator.limits.errors import LimitReachedError
from egzaminator.register.domain.find_examiner import name_key

# A school's teachers share one IP address; what one of them needs is far below either limit. Past the network's limit
# nothing is stored, whatever the name. Past the name's limit the request is stored, and the worker deletes it.
BY_NETWORK: Final = Limit("reset.network", most=60, period=datetime.timedelta(hours=1))
BY_NAME: Final = Limit("reset.name", most=10, period=datetime.timedelta(hours=1))
_AFTER_ACTIVATIONS: Final = -1


def request_reset(*, name: str, language: str, address: str) -> None:
    """Store a request for a new password; the worker finds out whose it is.

    So the response, its cost and the stored row are the same for every name, known or not, even past the name's rate
    limit. Take the login name as typed, the language to write in, and the client's IP address.
    """
    try:
        count_use(limit=BY_NETWORK, of=network_of(address))
    except LimitReachedError:
        return
    is_over_limit = False
    try:
        count_use(limit=BY_NAME, of=name_key(name))
    except LimitReachedError:
        is_over_limit = True
    request_id = uuid.uuid4()
    with transaction.atomic():
        ResetRequest.objects.create(
            id=request_id,
            name_encrypted=encrypt(name, context=name_context(request_id)),
            language=language,
            address=address,
            is_over_limit=is_over_limit,
        )
        record_event(tag=Tag.RESET_REQUESTED, address=address)
        start_job(task="entrance.answer_resets", priority=_AFTER_ACTIVATIONS)
