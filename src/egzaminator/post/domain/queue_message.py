import uuid
from collections.abc import Mapping
from typing import Final

from egzaminator.kernel.board import current_board
from egzaminator.kernel.encryption import encrypt
from egzaminator.kernel.jobs import start_job
from egzaminator.post.domain.compose_message import compose_message, message_id_of
from egzaminator.post.domain.keep_text import keep_text
from egzaminator.post.domain.mail_addresses import mailbox_in_ascii
from egzaminator.post.domain.one_line import one_line
from egzaminator.post.domain.public_url import OneTimeUrl
from egzaminator.post.domain.render_parts import render_parts
from egzaminator.post.domain.reply import UNSENDABLE_ADDRESS
from egzaminator.post.enums import Kind, Priority, State
from egzaminator.post.models import Message, content_context

DELIVER_TASK: Final = "post.deliver"
# The keys under which templates get one-time links.
_ONE_TIME: Final = frozenset(("link", "freeze"))
_MOST_OF_NAME: Final = 210
_MOST_OF_ADDRESS: Final = 320


def queue_message(
    *,
    kind: Kind,
    about: uuid.UUID | None,
    address: str,
    addressee: str,
    language: str,
    context: Mapping[str, object],
    priority: Priority,
) -> Message:
    """Queue an e-mail in the caller's transaction, with the job that delivers it; return its row.

    Both take effect when the transaction commits. Take the kind; the claim or account that the e-mail is about; the
    recipient's e-mail address and full name; the language to write in; the priority; and the context of the kind's
    template. The board and the recipient name are added to the context. Its datetimes are aware. `link` and `freeze`
    are made by `issue_link` (as `OneTimeUrl`), `login` by `public_url`. It holds, by kind:

    - activation: `link`, `saved_at`, `expires_at`
    - claim-notice: `link` (stops the claim), `saved_at`
    - activated: `freeze` (it was not me), `login`, `activated_at`
    - reset: `link`, `expires_at`
    - password-changed: `freeze`, `changed_at`
    - security-news: `freeze`, `news` (a sentence, translated when it is rendered), `at`
    - new-device: `freeze`, `device` (its display name, or empty), `logged_in_at`
    - new-address: `link`, `asked_at`, `expires_at`
    - address-asked: `freeze`, `new` (the new address, masked), `asked_at`
    - address-changed: `freeze`, `new`, `changed_at`
    - account-unfrozen: `link`, `expires_at`
    - frozen-notice: `frozen_at`
    - act-asked: `freeze`, `what` (a sentence, translated when it is rendered), `expires_at`, `alone_at` (or None)
    - deletion-notice: `deleted_on` (the first day on which the account may be deleted)
    - account-frozen: `name` (the owner's), `at`, `by` (who of the board, translated when it is rendered; None: somebody
      with a link)
    - claim-stopped: `name` (the examiner's), `at`
    - board-contact: `name` (of whoever made the change), `at`, `changes` (lists of: what, from, to)

    If no e-mail can be sent to the address, the row is created as rejected. An e-mail is not sent after the first of
    its one-time links has expired. Raise `TypeError` if the context lacks a key, or if a one-time link in it carries no
    expiry.
    """
    plain = [key for key in _ONE_TIME & context.keys() if not isinstance(context[key], OneTimeUrl)]
    if plain:
        raise TypeError(f"The one-time links {', '.join(sorted(plain))} do not say when they end.")
    board = current_board()
    name = one_line(addressee)[:_MOST_OF_NAME]
    parts = render_parts(kind=kind, language=language, context={**context, "board": board, "addressee": name})
    message = Message(
        kind=kind,
        about=about,
        address=one_line(address)[:_MOST_OF_ADDRESS],
        addressee=name,
        subject=parts.subject,
        priority=priority,
        expires_at=min((value.expires_at for value in context.values() if isinstance(value, OneTimeUrl)), default=None),
    )
    message.message_id = message_id_of(message.id)
    mailbox = mailbox_in_ascii(address)
    if mailbox is None:
        message.state = State.REJECTED
        message.reply_code, message.reply_text = UNSENDABLE_ADDRESS.code, UNSENDABLE_ADDRESS.text
        message.cause = UNSENDABLE_ADDRESS.cause
        message.save(force_insert=True)
        keep_text(message=message, text=parts.text, context=context, language=language)
        return message
    wire = compose_message(
        row_id=message.id,
        created_at=message.created_at,
        board=board,
        to=mailbox,
        addressee=name,
        language=language,
        parts=parts,
    )
    message.content = encrypt(wire.decode("ascii"), context=content_context(message.id))
    message.save(force_insert=True)
    keep_text(message=message, text=parts.text, context=context, language=language)
    start_job(task=DELIVER_TASK, priority=-priority)
    return message
