"""The link that turns informational e-mails off, in every one of them (RFC 8058)."""

import uuid
from typing import Final

from django.core.signing import BadSignature, Signer
from django.db.models.functions import Coalesce

from egzaminator.mail.domain.render import public_url
from egzaminator.register.models import Examiner

_SIGNER: Final = Signer(salt="mailings.unsubscribe")


def unsubscribe_url(*, examiner_id: uuid.UUID) -> str:
    """Return the URL that turns somebody's informational e-mails off. It does nothing else, and never expires."""
    return public_url(f"/w/{_SIGNER.sign(examiner_id.hex)}/")


def examiner_of_token(token: str) -> uuid.UUID | None:
    """Return whose e-mails a token of such a URL turns off; None if it is none of ours, or the person is deleted.

    E-mails are kept for years: a record that was joined into another since then stands for that one.
    """
    try:
        examiner_id = uuid.UUID(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    person = Coalesce("joined_into_id", "pk")
    return Examiner.objects.filter(pk=examiner_id).values_list(person, flat=True).first()
