"""The e-mails about acts that take two persons."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.mailboxes import mailboxes_to_notify
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.mail.domain.queue import queue_email
from egzaminator.mail.enums import EmailKind, Priority
from egzaminator.staff.models import Act

_WHAT: Final[Mapping[str, Promise]] = {
    "give-back": _(
        "The board was asked to give your frozen account back: to send a link to set a new password by, and to remove "
        "the second factor, if there is one."
    ),
    "reset-second-factor": _(
        "The board was asked to remove the second factor, the passkeys and the recovery codes of your account."
    ),
}


def notify_act(*, act: Act, account: Account) -> None:
    """Notify the owner's known mailboxes of a requested act. Each e-mail has a link to object.

    The e-mails are queued in the caller's transaction.
    """
    for mailbox in mailboxes_to_notify(account=account):
        freeze, _link = issue_link(
            purpose=LinkPurpose.FREEZE, subject=account.id, email=mailbox, language=account.language
        )
        queue_email(
            kind=EmailKind.ACT_ASKED,
            related_id=account.id,
            email=mailbox,
            recipient_name=account.display_name,
            language=account.language,
            context={
                "freeze": freeze,
                "what": _WHAT[act.kind],
                "expires_at": act.expires_at,
                "alone_at": act.alone_at,
            },
            priority=Priority.NOTICE,
        )
