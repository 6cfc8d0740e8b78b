"""What "My account" shows of each screen of an examiner's account."""

import datetime
from dataclasses import dataclass
from typing import Final

from egzaminator.accounts.domain.email_change import pending_email_change
from egzaminator.accounts.domain.email_question import MOST_POSTPONED, Question, question_of
from egzaminator.accounts.domain.mfa import SecondFactors, second_factors_of
from egzaminator.accounts.domain.sessions import list_sessions
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import OWNER_KINDS
from egzaminator.mail.domain.status import emails_of
from egzaminator.mail.models import Email
from egzaminator.register.models import Entry

_PASSWORD_TAGS: Final = (Tag.PASSWORD_CHANGED, Tag.PASSWORD_RESET)


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of an examiner's account, one or two values for each of its screens."""

    entries: list[Entry]
    details_changed_at: datetime.datetime | None
    """When a detail was last changed; None if none was since the account was made."""
    email_change: EmailChange | None
    email_question: Question | None
    """What there is to ask about the e-mail address; None if nothing, or if only the log-in asks it."""
    password_changed_at: datetime.datetime | None
    """When the password was last changed; None if it never was, or so long ago that the event has been deleted."""
    second_factors: SecondFactors
    other_sessions: int
    previous_login: datetime.datetime | None
    """The log-in before that of the current session; None if it is the first, or the event has been deleted."""
    last_email: Email | None
    new_emails: int
    """How many e-mails were written since the previous log-in; 0 if there was none."""

    @property
    def active_entries(self) -> list[Entry]:
        """Return the entries that authorise to examine."""
        return [entry for entry in self.entries if entry.is_active]


def overview_of(*, account: Account, own: str) -> Overview:
    """Return the state of an examiner's account, in a number of queries that does not depend on its rows.

    `own` is the digest of the current session. Raise `UndecryptableError`.
    """
    entries = Entry.objects.filter(examiner=account.examiner).select_related("scope")
    sessions = list_sessions(account=account, own=own)
    previous_login = _login_before(account, next((one.began_at for one in sessions if one.pk == own), None))
    emails = emails_of(related_id=account.id, kinds=OWNER_KINDS).defer("content")
    details = account.profile_changes.order_by("-at").values_list("at", flat=True)
    passwords = Event.objects.filter(subject=account.id, tag__in=_PASSWORD_TAGS).order_by("-at")
    return Overview(
        entries=list(entries.order_by("entered_on", "number_key")),
        details_changed_at=details.first(),
        email_change=pending_email_change(account=account),
        email_question=_question(account),
        password_changed_at=passwords.values_list("at", flat=True).first(),
        second_factors=second_factors_of(account=account),
        other_sessions=sum(one.pk != own for one in sessions),
        previous_login=previous_login,
        last_email=emails.first(),
        new_emails=emails.filter(created_at__gt=previous_login).count() if previous_login else 0,
    )


def _question(account: Account) -> Question | None:
    question = question_of(account)
    is_only_here = question is Question.RETURNS or account.email_postponed >= MOST_POSTPONED
    return question if is_only_here else None


def _login_before(account: Account, began_at: datetime.datetime | None) -> datetime.datetime | None:
    """Return when the account was logged in to before a session that began at `began_at`; None for an ended session."""
    if began_at is None:
        return None
    logins = Event.objects.filter(subject=account.id, tag=Tag.LOGIN_SUCCEEDED, at__lte=began_at)
    # The newest is the session's own: a log-in is recorded just before its session is saved.
    return next(iter(logins.order_by("-at").values_list("at", flat=True)[1:2]), None)
