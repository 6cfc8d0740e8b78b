"""The e-mails about acts that take two persons, and about changes among the staff."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from egzaminator.accounts.domain.email_checks import mask_email
from egzaminator.accounts.domain.links import issue_freeze_link
from egzaminator.accounts.domain.mailboxes import is_among, mailboxes_to_notify
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.catalogue import queue_act_asked, queue_alone_changed, queue_staff_changed
from egzaminator.staff.domain.membership import members_with, roles_of
from egzaminator.staff.enums import StaffNews
from egzaminator.staff.models import Act, AloneChange
from egzaminator.staff.roles import Role

_WHAT: Final[Mapping[str, Promise]] = {
    "give-back": _(
        "The board was asked to give your frozen account back: to send a link to set a new password by, and to remove "
        "the second factor, if there is one."
    ),
    "reset-second-factor": _(
        "The board was asked to remove the second factor, the passkeys and the recovery codes of your account."
    ),
    "delete": _(
        "The board was asked to delete your account with everything that is in it. What the register of examiners "
        "holds stays."
    ),
}

_CORRECTED: Final = _(
    "The board was asked to change the e-mail address of your account from %(old)s to %(new)s, for somebody who says "
    "that they reach neither the mailbox nor the account."
)
_ASKED: Final[Mapping[str, StaffNews]] = {
    "give-back": StaffNews.GIVE_BACK_ASKED,
    "reset-second-factor": StaffNews.FACTOR_ASKED,
}
_DONE: Final[Mapping[str, StaffNews]] = {
    "give-back": StaffNews.GIVEN_BACK,
    "reset-second-factor": StaffNews.FACTOR_REMOVED,
}


_JOINED: Final = _(
    "The board was asked to join two records in the register, which seem to be yours, and the account of each. This "
    "account would stay, and everything that the register has would be under it. The other one would be closed."
)
_CLOSED: Final = _(
    "The board was asked to join two records in the register, which seem to be yours, and the account of each. This "
    "account would be closed, with everything that logs in to it. What the register has would be under the other one."
)


def notify_act(*, act: Act, by: Actor) -> None:
    """Notify the owner's known mailboxes, of both accounts if there are two. Each e-mail has a link to object.

    An act about a colleague is told to all administrators and inspectors as well. The e-mails are queued in the
    caller's transaction.
    """
    for account in act.accounts:
        for mailbox in act_mailboxes(account=account):
            queue_act_asked(
                account_id=account.id,
                to=recipient_of(account, mailbox),
                freeze=issue_freeze_link(account=account, mailbox=mailbox),
                what=_what(act, account),
                expires_at=act.expires_at,
                alone_at=act.alone_at,
            )
    if act.account.is_staff:
        notify_of_change(member=act.account, news=_ASKED[act.kind], by=by, mailboxes=inspectors())


def act_mailboxes(*, account: Account) -> list[str]:
    """Return the mailboxes that are told of an act: those that may object, and the present one of an active account.

    The owner may have moved to the present one lately, and whoever calls may read the one before.
    """
    mailboxes = mailboxes_to_notify(account=account)
    return mailboxes if not account.is_active or is_among(account.email, mailboxes) else [*mailboxes, account.email]


def _what(act: Act, account: Account) -> str | Promise:
    if act.kind == ActKind.JOIN:
        return _JOINED if account == act.account else _CLOSED
    if act.kind != ActKind.CORRECT_EMAIL:
        return _WHAT[act.kind]
    with override(account.language):
        return _CORRECTED % {"old": mask_email(account.email), "new": mask_email(act.email)}


def notify_of_done(*, act: Act, by: Actor) -> None:
    """Tell all administrators and inspectors that an act about a colleague was carried out, in its transaction."""
    if act.account.is_staff:
        notify_of_change(member=act.account, news=_DONE[act.kind], by=by, mailboxes=inspectors())


def administrators() -> set[str]:
    """Return the mailboxes of the administrators who can log in."""
    return {member.email for member in members_with(Role.ADMINISTRATOR)}


def inspectors() -> set[str]:
    """Return the mailboxes of the inspectors who can log in."""
    return {member.email for member in members_with(Role.INSPECTOR)}


def mailboxes_of_inspection() -> list[str | None]:
    """Return the mailboxes that are told of what the inspectors watch over.

    Of a board without an inspector it is None: its mailbox for security notices.
    """
    return [*sorted(inspectors())] or [None]


def notify_of_change(*, member: Account, news: StaffNews, by: Actor, mailboxes: Iterable[str] = ()) -> None:
    """Tell all administrators of a change among the staff, in the caller's transaction, after it was made.

    `mailboxes` are told as well: those who were administrators before the change, or the inspectors.
    """
    with override(settings.LANGUAGE_CODE):
        roles = ", ".join(str(role.label) for role in roles_of(member))
    for mailbox in sorted({*administrators(), *mailboxes}):
        queue_staff_changed(
            account_id=member.id,
            mailbox=mailbox,
            what=news.label,
            name=member.display_name,
            roles=roles,
            by=_name_of(by),
        )


def notify_of_alone_change(*, change: AloneChange, by: Actor) -> None:
    """Tell all administrators and inspectors that the setting for one person on duty is to change, or is not after all.

    The e-mails are queued in the caller's transaction.
    """
    for mailbox in sorted({*administrators(), *inspectors()}):
        queue_alone_changed(
            mailbox=mailbox,
            by=_name_of(by),
            is_allowed=change.is_allowed,
            starts_at=None if change.cancelled_at else change.starts_at,
        )


def _name_of(by: Actor) -> str | Promise:
    acting = Account.objects.filter(pk=by.account_id).first() if by.account_id else None
    return acting.display_name if acting else _("the administrator")
