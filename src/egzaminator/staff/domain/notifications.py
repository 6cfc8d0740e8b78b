"""The e-mails about acts that take two persons."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.domain.links import issue_freeze_link
from egzaminator.accounts.domain.mailboxes import mailboxes_to_notify
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import queue_act_asked
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
        queue_act_asked(
            account_id=account.id,
            to=recipient_of(account, mailbox),
            freeze=issue_freeze_link(account=account, mailbox=mailbox),
            what=_WHAT[act.kind],
            expires_at=act.expires_at,
            alone_at=act.alone_at,
        )
