from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, override

from egzaminator.audit.retention_rules import EMAILS
from egzaminator.core.encryption import encrypt
from egzaminator.mail.domain.render import OneTimeUrl, render_parts
from egzaminator.mail.enums import DeliveryState
from egzaminator.mail.models import Email, SentCopy, text_context


def keep_copy(*, email: Email, context: Mapping[str, object], language: str) -> None:
    """Store a sent copy of an e-mail, without its one-time links.

    Take the e-mail, the context of its template, and its language. The text is rendered anew with a note in place of
    each link, so that no link ever enters it.
    """
    with override(language):
        note = gettext("(the link stood here; it is not kept)")
    without_links = {key: note if isinstance(value, OneTimeUrl) else value for key, value in context.items()}
    text = render_parts(kind=email.kind, language=language, context=without_links).text
    SentCopy.objects.create(email=email, text_encrypted=encrypt(text, context=text_context(email.id)))


_AT_ONCE: Final = 1000


def delete_old_emails() -> int:
    """Delete the e-mails queued at least `KEEP_MESSAGES_DAYS` days ago that have ended; return how many.

    Ended means accepted or rejected. Their content was erased at that moment; the rows still say to whom and when. The
    sent copies are deleted with them. So are those that were held back so long: nobody will send them any more.
    """
    ended = Email.objects.filter(
        state__in=[DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.HELD],
        created_at__lte=EMAILS.before,
    )
    total = 0
    while True:
        _, deleted = Email.objects.filter(id__in=ended.values("id")[:_AT_ONCE]).delete()
        count = deleted.get(Email._meta.label, 0)  # noqa: SLF001 -- Django documents `_meta` as public
        total += count
        if count < _AT_ONCE:
            return total
