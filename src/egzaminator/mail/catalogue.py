"""Every kind of e-mail: for whom it is, how urgent, its button, whether a copy is kept, and what queues it.

A new kind is a member of `EmailKind`, a function below, and a template `templates/mail/<value>.txt`. The template's
first line is the subject; a greeting and the board's signature are put around the rest. Besides the function's context
it is given `board` and `recipient_name`.

Each function queues one e-mail in the caller's transaction and returns its row. It takes the account or claim that the
e-mail is about, the recipient, and the context of the template. Moments are aware. Lazy texts are translated when the
e-mail is rendered.
"""

import datetime
import uuid
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, Self

from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.core.board import current_board
from egzaminator.mail.domain.queue import Recipient, queue_email
from egzaminator.mail.domain.render import Button, OneTimeUrl
from egzaminator.mail.enums import Priority
from egzaminator.mail.models import Email


class Audience(Enum):
    """Whom a kind of e-mail is for."""

    OWNER = auto()  # the owner of an account, who finds it in "My account"
    MAILBOX = auto()  # whoever reads a mailbox that a form or the register names: there is no account yet
    BOARD = auto()  # the board: its mailbox for security notices, its administrators, its inspectors


class Copy(Enum):
    """Whether the text of an e-mail can be read again in "My account".

    By default it cannot (data minimisation; GDPR, art. 5(1)(c)): the account's history tells the same. A copy is kept
    of what the board announces to an owner and the history does not tell: what it will do, by when, and whom to call.
    """

    NONE = auto()
    KEPT = auto()


# What is done on the page that the link opens, in that page's words.
_ACTIVATE: Final = Button(_("Activate account"))
_SET_PASSWORD: Final = Button(_("Set a new password"))
_CONFIRM_EMAIL: Final = Button(_("Confirm the address"))
_FREEZE: Final = Button(_("It was not me: freeze the account"), is_warning=True)
_STOP_CLAIM: Final = Button(_("It was not me: stop the form"), is_warning=True)


class EmailKind(TextChoices):
    """What an e-mail is about. The value names its template."""

    audience: Audience
    priority: Priority
    button: Button | None
    keeps_copy: bool

    def __new__(
        cls,
        value: str,
        audience: Audience,
        priority: Priority,
        button: Button | None = None,
        copy: Copy = Copy.NONE,
    ) -> Self:
        """Make a member that is equal to its value and carries the rest."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.audience = audience
        kind.priority = priority
        kind.button = button
        kind.keeps_copy = copy is Copy.KEPT
        return kind

    ACTIVATION = "activation", Audience.MAILBOX, Priority.ACCESS, _ACTIVATE, _("Activation of the account")
    CLAIM_NOTICE = (
        "claim-notice",
        Audience.MAILBOX,
        Priority.NOTICE,
        _STOP_CLAIM,
        _("Somebody filled in the account form"),
    )
    CLAIM_CORRECTED = (
        "claim-corrected",
        Audience.MAILBOX,
        Priority.NOTICE,
        _("The board corrected the e-mail address in the account form"),
    )
    INVITATION = "invitation", Audience.MAILBOX, Priority.BULK, _("Invitation to make an account")
    ACCOUNT_DELETED = "account-deleted", Audience.MAILBOX, Priority.NOTICE, _("The account was deleted")
    CLAIM_WITHDRAWN = "claim-withdrawn", Audience.MAILBOX, Priority.NOTICE, _("The board stopped the account form")

    ACTIVATED = "activated", Audience.OWNER, Priority.NOTICE, _FREEZE, _("The account is active")
    RESET = "reset", Audience.OWNER, Priority.ACCESS, _SET_PASSWORD, _("A new password")
    STAFF_INVITATION = (
        "staff-invitation",
        Audience.OWNER,
        Priority.ACCESS,
        _SET_PASSWORD,
        _("Invitation to the staff panel"),
    )
    PASSWORD_CHANGED = "password-changed", Audience.OWNER, Priority.NOTICE, _FREEZE, _("The password was changed")
    SECURITY_NEWS = "security-news", Audience.OWNER, Priority.NOTICE, _FREEZE, _("The ways to log in have changed")
    NEW_DEVICE = "new-device", Audience.OWNER, Priority.NOTICE, _FREEZE, _("A log-in from a new device")
    NEW_EMAIL = "new-email", Audience.OWNER, Priority.ACCESS, _CONFIRM_EMAIL, _("Confirmation of a new e-mail address")
    EMAIL_CHECK = "email-check", Audience.OWNER, Priority.ACCESS, _CONFIRM_EMAIL, _("Do e-mails arrive?")
    EMAIL_CHANGE_ASKED = (
        "email-change-asked",
        Audience.OWNER,
        Priority.NOTICE,
        _FREEZE,
        _("A change of the e-mail address was asked for"),
    )
    EMAIL_CHANGED = "email-changed", Audience.OWNER, Priority.NOTICE, _FREEZE, _("The e-mail address was changed")
    ACCOUNT_UNFROZEN = "account-unfrozen", Audience.OWNER, Priority.ACCESS, _SET_PASSWORD, _("The account was unfrozen")
    # Kept: why the account was frozen, perhaps by a mistake of the board's, and whom to call.
    FROZEN_NOTICE = "frozen-notice", Audience.OWNER, Priority.NOTICE, None, Copy.KEPT, _("The board froze the account")
    # Kept: what will be done with the account, and until when it can be objected to.
    ACT_ASKED = (
        "act-asked",
        Audience.OWNER,
        Priority.NOTICE,
        _FREEZE,
        Copy.KEPT,
        _("The board was asked to do something with the account"),
    )
    RECORD_CHANGED = (
        "record-changed",
        Audience.OWNER,
        Priority.NOTICE,
        None,
        _("The board changed something in the register"),
    )
    # Kept: why and when the account is deleted, and what the owner can do until then.
    DELETION_NOTICE = (
        "deletion-notice",
        Audience.OWNER,
        Priority.NOTICE,
        None,
        Copy.KEPT,
        _("The account will be deleted"),
    )

    ACCOUNT_FROZEN = "account-frozen", Audience.BOARD, Priority.NOTICE, _("The account was frozen (to the board)")
    CLAIM_STOPPED = "claim-stopped", Audience.BOARD, Priority.NOTICE, _("The account form was stopped (to the board)")
    BOARD_CONTACT = (
        "board-contact",
        Audience.BOARD,
        Priority.NOTICE,
        _("The board's contact data were changed (to the board)"),
    )
    ALONE_CHANGED = (
        "alone-changed",
        Audience.BOARD,
        Priority.NOTICE,
        _("Whether one person may act alone is to change (to administrators)"),
    )
    STAFF_CHANGED = "staff-changed", Audience.BOARD, Priority.NOTICE, _("The staff were changed (to administrators)")
    MANY_LOOKUPS = "many-lookups", Audience.BOARD, Priority.NOTICE, _("Very many look-ups (to the inspector)")
    MANY_UPLOADS = "many-uploads", Audience.BOARD, Priority.NOTICE, _("Very many files to import (to the inspector)")
    REGISTER_EXPORTED = (
        "register-exported",
        Audience.BOARD,
        Priority.NOTICE,
        _("A file with PESELs was asked for (to the inspector)"),
    )
    MAILING_PLANNED = (
        "mailing-planned",
        Audience.BOARD,
        Priority.NOTICE,
        _("A message to many examiners will be sent (to the staff)"),
    )
    TO_REVIEW = "to-review", Audience.BOARD, Priority.NOTICE, _("What waits for a check (to the board, once a day)")


OWNER_KINDS: Final = [kind for kind in EmailKind if kind.audience is Audience.OWNER]


def _queue(kind: EmailKind, related_id: uuid.UUID | None, to: Recipient, **context: object) -> Email:
    return queue_email(
        kind=kind.value,
        related_id=related_id,
        to=to,
        context=context,
        priority=kind.priority,
        keeps_copy=kind.keeps_copy,
        button=kind.button,
    )


# To a mailbox that a form or the register names


def queue_activation(*, claim_id: uuid.UUID, to: Recipient, link: OneTimeUrl, saved_at: datetime.datetime) -> Email:
    """Ask the mailbox of a form, saved at `saved_at`, to activate the account by `link`."""
    return _queue(EmailKind.ACTIVATION, claim_id, to, link=link, saved_at=saved_at, expires_at=link.expires_at)


def queue_claim_notice(*, claim_id: uuid.UUID, to: Recipient, link: OneTimeUrl, saved_at: datetime.datetime) -> Email:
    """Tell the mailbox that the register knows of a form with another mailbox; `link` stops the form."""
    return _queue(EmailKind.CLAIM_NOTICE, claim_id, to, link=link, saved_at=saved_at)


def queue_claim_corrected(*, claim_id: uuid.UUID, to: Recipient) -> Email:
    """Tell the former mailbox of a form, or the one that the register knows, that staff corrected the form just now.

    It has no link: the former mailbox may be a stranger's.
    """
    return _queue(EmailKind.CLAIM_CORRECTED, claim_id, to, at=timezone.now())


def queue_claim_withdrawn(*, claim_id: uuid.UUID, to: Recipient) -> Email:
    """Tell the mailbox of a form, or the one that the register knows, that staff stopped the form just now."""
    return _queue(EmailKind.CLAIM_WITHDRAWN, claim_id, to, at=timezone.now())


def queue_account_deleted(*, examiner_id: uuid.UUID, to: Recipient) -> Email:
    """Tell a mailbox of an account that two persons of the board deleted it just now, as its owner had asked.

    There is no account any more, so the e-mail is about the examiner.
    """
    return _queue(EmailKind.ACCOUNT_DELETED, examiner_id, to, at=timezone.now())


def queue_invitation(*, examiner_id: uuid.UUID, to: Recipient, url: str) -> Email:
    """Invite an examiner to make an account; `url` is that of the page that explains the first log-in."""
    return _queue(EmailKind.INVITATION, examiner_id, to, url=url)


# To the owner of an account. The link `freeze` says "it was not me", and freezes the account.


def queue_activated(
    *, account_id: uuid.UUID, to: Recipient, freeze: OneTimeUrl, login: str, activated_at: datetime.datetime
) -> Email:
    """Tell an owner that the account is active; `login` is the URL of the log-in page."""
    return _queue(EmailKind.ACTIVATED, account_id, to, freeze=freeze, login=login, activated_at=activated_at)


def queue_reset(*, account_id: uuid.UUID, to: Recipient, link: OneTimeUrl) -> Email:
    """Mail the link by which an owner sets a new password."""
    return _queue(EmailKind.RESET, account_id, to, link=link, expires_at=link.expires_at)


def queue_staff_invitation(*, account_id: uuid.UUID, to: Recipient, link: OneTimeUrl, panel: str) -> Email:
    """Mail a new staff member the link by which they set their password; `panel` is the URL of the panel."""
    return _queue(EmailKind.STAFF_INVITATION, account_id, to, link=link, panel=panel, expires_at=link.expires_at)


def queue_password_changed(*, account_id: uuid.UUID, to: Recipient, freeze: OneTimeUrl) -> Email:
    """Tell an owner that the password was changed just now."""
    return _queue(EmailKind.PASSWORD_CHANGED, account_id, to, freeze=freeze, changed_at=timezone.now())


def queue_security_news(*, account_id: uuid.UUID, to: Recipient, freeze: OneTimeUrl, news: str | Promise) -> Email:
    """Tell an owner in a sentence, `news`, what has just happened to the security of the account."""
    return _queue(EmailKind.SECURITY_NEWS, account_id, to, freeze=freeze, news=news, at=timezone.now())


def queue_new_device(*, account_id: uuid.UUID, to: Recipient, freeze: OneTimeUrl, device: str) -> Email:
    """Tell an owner of a log-in just now from a new device; `device` is its name, or "" if that is unknown."""
    return _queue(EmailKind.NEW_DEVICE, account_id, to, freeze=freeze, device=device, logged_in_at=timezone.now())


def queue_new_email(
    *, account_id: uuid.UUID, to: Recipient, link: OneTimeUrl, asked_at: datetime.datetime, is_by_board: bool = False
) -> Email:
    """Ask the new mailbox of an account to confirm the change of address by `link`.

    `is_by_board` tells that the board corrects it, so that the page asks for the PESEL instead of the password.
    """
    return _queue(
        EmailKind.NEW_EMAIL,
        account_id,
        to,
        link=link,
        asked_at=asked_at,
        expires_at=link.expires_at,
        is_by_board=is_by_board,
    )


def queue_email_check(*, account_id: uuid.UUID, to: Recipient, link: OneTimeUrl) -> Email:
    """Mail the link by which an owner proves that e-mails to the account's address arrive."""
    return _queue(EmailKind.EMAIL_CHECK, account_id, to, link=link, expires_at=link.expires_at)


def queue_email_change_asked(
    *,
    account_id: uuid.UUID,
    to: Recipient,
    freeze: OneTimeUrl,
    new: str,
    asked_at: datetime.datetime,
    is_by_board: bool = False,
) -> Email:
    """Tell the present mailbox that a change of address was requested; `new` is the new address, masked.

    `is_by_board` tells that two persons of the board decided it, and not somebody with the password.
    """
    return _queue(
        EmailKind.EMAIL_CHANGE_ASKED,
        account_id,
        to,
        freeze=freeze,
        new=new,
        asked_at=asked_at,
        is_by_board=is_by_board,
    )


def queue_email_changed(*, account_id: uuid.UUID, to: Recipient, freeze: OneTimeUrl, new: str) -> Email:
    """Tell the former mailbox that the address was changed just now; `new` is the new address, masked."""
    return _queue(EmailKind.EMAIL_CHANGED, account_id, to, freeze=freeze, new=new, changed_at=timezone.now())


def queue_account_unfrozen(*, account_id: uuid.UUID, to: Recipient, link: OneTimeUrl) -> Email:
    """Mail the link by which the owner of an account that was given back sets a new password."""
    return _queue(EmailKind.ACCOUNT_UNFROZEN, account_id, to, link=link, expires_at=link.expires_at)


def queue_frozen_notice(
    *,
    account_id: uuid.UUID,
    to: Recipient,
    frozen_at: datetime.datetime | None,
    is_by_link: bool = False,
    is_mistake: bool = False,
) -> Email:
    """Tell an owner that the account is frozen.

    It was frozen by the board; or by a link in another of the account's mailboxes (`is_by_link`); or it is frozen
    because the register recorded the owner's death by mistake (`is_mistake`).
    """
    return _queue(
        EmailKind.FROZEN_NOTICE, account_id, to, frozen_at=frozen_at, is_by_link=is_by_link, is_mistake=is_mistake
    )


def queue_act_asked(
    *,
    account_id: uuid.UUID,
    to: Recipient,
    freeze: OneTimeUrl,
    what: str | Promise,
    expires_at: datetime.datetime,
    alone_at: datetime.datetime | None,
) -> Email:
    """Tell an owner in a sentence, `what`, of a requested act by two persons.

    The act expires at `expires_at`. If `alone_at` is given, it is done at that moment by one person alone, unless the
    owner objects.
    """
    return _queue(
        EmailKind.ACT_ASKED, account_id, to, freeze=freeze, what=what, expires_at=expires_at, alone_at=alone_at
    )


def queue_deletion_notice(*, account_id: uuid.UUID, to: Recipient, deleted_on: datetime.date) -> Email:
    """Tell an owner that the account will be deleted, on `deleted_on` at the earliest."""
    return _queue(EmailKind.DELETION_NOTICE, account_id, to, deleted_on=deleted_on)


def queue_record_changed(*, account_id: uuid.UUID, to: Recipient, news: str | Promise) -> Email:
    """Tell an owner in a sentence, `news`, what the board has just done with their record in the register.

    It has none of the values: the mailbox may be a former one.
    """
    return _queue(EmailKind.RECORD_CHANGED, account_id, to, news=news, at=timezone.now())


# To the board, in the site's default language. `name` is the full name of the person it is about.


def queue_account_frozen(*, account_id: uuid.UUID, name: str, by: str | Promise | None) -> Email:
    """Tell the board that an account was frozen just now; `by` is who of the board did it (None: a mailed link)."""
    return _queue(EmailKind.ACCOUNT_FROZEN, account_id, _board(), name=name, at=timezone.now(), by=by)


def queue_claim_stopped(*, claim_id: uuid.UUID, name: str) -> Email:
    """Tell the board that a form was stopped just now from the mailbox that the register knows."""
    return _queue(EmailKind.CLAIM_STOPPED, claim_id, _board(), name=name, at=timezone.now())


def queue_board_contact(*, mailbox: str, name: str, changes: Sequence[tuple[str, str, str]]) -> Email:
    """Tell one of the board's mailboxes that `name`, of the staff, has changed the board's contact data just now.

    `changes` are names of fields, each with its old and new value.
    """
    return _queue(EmailKind.BOARD_CONTACT, None, _board(mailbox), name=name, at=timezone.now(), changes=changes)


def queue_staff_changed(
    *, account_id: uuid.UUID, mailbox: str, what: str | Promise, name: str, roles: str, by: str | Promise
) -> Email:
    """Tell an administrator or inspector, in a sentence `what`, of a change of the staff account of `name` just now.

    `roles` are its roles now, "" if they do not matter, and `by` is who did it.
    """
    return _queue(
        EmailKind.STAFF_CHANGED,
        account_id,
        _board(mailbox),
        what=what,
        name=name,
        roles=roles,
        by=by,
        at=timezone.now(),
    )


def queue_alone_changed(
    *, mailbox: str, by: str | Promise, is_allowed: bool, starts_at: datetime.datetime | None
) -> Email:
    """Tell an administrator or inspector that somebody, `by`, changed whether one person may act alone.

    It takes effect at `starts_at`. None: such a change, to `is_allowed`, was cancelled just now.
    """
    return _queue(
        EmailKind.ALONE_CHANGED,
        None,
        _board(mailbox),
        by=by,
        is_allowed=is_allowed,
        starts_at=starts_at,
        at=timezone.now(),
    )


def queue_many_lookups(*, account_id: uuid.UUID, name: str, mailbox: str | None = None) -> Email:
    """Tell an inspector that `name`, of the staff, is past half the limit of look-ups; without `mailbox`, the board."""
    return _queue(EmailKind.MANY_LOOKUPS, account_id, _board(mailbox), name=name, at=timezone.now())


def queue_many_uploads(*, account_id: uuid.UUID, name: str, mailbox: str | None = None) -> Email:
    """Tell an inspector that `name`, of the staff, is past half the limit of uploads; without `mailbox`, the board."""
    return _queue(EmailKind.MANY_UPLOADS, account_id, _board(mailbox), name=name, at=timezone.now())


def queue_register_exported(*, account_id: uuid.UUID, name: str, people: int, mailbox: str | None = None) -> Email:
    """Tell an inspector that `name`, of the staff, asked just now for a file with the PESELs of so many people."""
    return _queue(EmailKind.REGISTER_EXPORTED, account_id, _board(mailbox), name=name, people=people, at=timezone.now())


def queue_mailing_planned(*, mailbox: str, name: str, people: int, starts_at: datetime.datetime, page: str) -> Email:
    """Tell a colleague of `name`, who has just sent a mailing to so many people, when it starts.

    They can stop it on its page, whose URL is `page`.
    """
    return _queue(
        EmailKind.MAILING_PLANNED, None, _board(mailbox), name=name, people=people, starts_at=starts_at, page=page
    )


def queue_to_review(*, counts: Sequence[tuple[str, str]], url: str) -> Email:
    """Tell the board how much waits for a check, by kind, in the board's own mailbox: what and how many, never whom."""
    return _queue(EmailKind.TO_REVIEW, None, _board(current_board().email), counts=counts, url=url)


def _board(mailbox: str | None = None) -> Recipient:
    board = current_board()
    return Recipient(email=mailbox or board.notices_email, name=board.name, language=settings.LANGUAGE_CODE)
