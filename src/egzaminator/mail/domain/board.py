import uuid

from django.conf import settings
from django.utils import timezone

from egzaminator.core.board import current_board
from egzaminator.mail.domain.queue import queue_email
from egzaminator.mail.enums import EmailKind, Priority


def notify_board(*, kind: EmailKind, related_id: uuid.UUID, name: str, **more: object) -> None:
    """Queue an e-mail to the board's mailbox for security notices, in the caller's transaction.

    Take the kind, the account or claim, the full name of the person it is about, and what else the kind's template
    needs. It is written in the site's default language, which is the board's.
    """
    board = current_board()
    queue_email(
        kind=kind,
        related_id=related_id,
        email=board.notices_email,
        recipient_name=board.name,
        language=settings.LANGUAGE_CODE,
        context={"name": name, "at": timezone.now(), **more},
        priority=Priority.NOTICE,
    )
