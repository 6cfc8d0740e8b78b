from collections.abc import Mapping

from django.utils.translation import gettext, override

from egzaminator.kernel.encryption import encrypt
from egzaminator.post.domain.public_url import OneTimeUrl
from egzaminator.post.enums import Kind
from egzaminator.post.models import KeptText, Message, text_context


def keep_text(*, message: Message, text: str, context: Mapping[str, object], language: str) -> None:
    """Store a sent copy of an e-mail to an account's owner, without its one-time links.

    Take the e-mail, its text, the template context that the text was rendered with, and its language. Nothing is stored
    for e-mails of other kinds.
    """
    if not Kind(message.kind).is_to_owner:
        return
    with override(language):
        note = gettext("(the link stood here; it is not kept)")
    for value in context.values():
        if isinstance(value, OneTimeUrl):
            text = text.replace(value, note)
    KeptText.objects.create(message=message, text_encrypted=encrypt(text, context=text_context(message.id)))
