import uuid

from django.db import transaction

from egzaminator.audit.domain.record_event import record_event
from egzaminator.audit.enums import Tag
from egzaminator.entrance.models import ResetRequest, name_context
from egzaminator.kernel.encryption import encrypt
from egzaminator.kernel.jobs import start_job


def request_reset(*, name: str, language: str, address: str) -> None:
    """Write down that somebody wants a new password; whose it is, the worker finds out.

    So the answer, its cost and what is written are the same for every name, known or not. Takes the login name as
    typed, the language to write in, and the client's IP address.
    """
    request_id = uuid.uuid4()
    with transaction.atomic():
        ResetRequest.objects.create(
            id=request_id,
            name_encrypted=encrypt(name, context=name_context(request_id)),
            language=language,
            address=address,
        )
        record_event(tag=Tag.RESET_REQUESTED, address=address)
        start_job(task="entrance.answer_resets")
