"""What "My account" says in words: what there is to do, and one line of state for each screen."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from egzaminator.accounts.domain.email_question import Question
from egzaminator.accounts.domain.mfa import SecondFactors
from egzaminator.accounts.domain.overview import Overview
from egzaminator.accounts.domain.retention import NOTICE
from egzaminator.accounts.models import Account
from egzaminator.core.templatetags.dates import prose_date, table_date
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Cause, DeliveryState

# With so few recovery codes left, it is time to make new ones.
FEW_CODES: Final = 2


@dataclass(frozen=True, slots=True)
class Task:
    """Something that the owner should do: why, and the link to where."""

    why: str
    link: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A screen of the account, with its state in one line."""

    title: str
    url: str
    state: str


def tasks_of(account: Account, overview: Overview) -> list[Task]:
    """Return what an examiner has to do about their account, the gravest first.

    A second factor is advice rather than a task: nobody is asked for one, so its absence stands on its card alone.
    """
    return list(_tasks(account, overview))


def _tasks(account: Account, overview: Overview) -> Iterator[Task]:
    if account.deletion_notified_at and not overview.active_entries:
        day = prose_date(timezone.localdate(account.deletion_notified_at) + NOTICE)
        why = _("You have no active entry any more, so this account will be deleted. The earliest day: %(day)s.")
        yield Task(why % {"day": day}, _("My data: download or print"), reverse("my-data"))
    if account.has_personal_password:
        why = _(
            "Your password is made of your name or of your numbers in the register, so others can guess it. "
            "Choose another one."
        )
        yield Task(why, _("Change the password"), reverse("change-password"))
    if overview.email_change:
        why = _("The new address %(email)s waits for confirmation. Click the link in the e-mail that we sent there.")
        link = _("Send the e-mail again, or cancel the change")
        yield Task(why % {"email": overview.email_change.new}, link, reverse("change-email"))
    elif overview.email_question is Question.RETURNS:
        why = _("E-mails to %(email)s come back, so the board no longer writes there.")
        yield Task(why % {"email": account.email}, _("Check the address"), reverse("email-question"))
    elif overview.email_question is Question.IS_USED:
        why = _("Do you still use the address %(email)s?")
        yield Task(why % {"email": account.email}, _("Answer"), reverse("email-question"))
    elif _is_address_refused(account, overview):
        why = _("The mail server refused our last e-mail to %(email)s. Check whether the address is right.")
        yield Task(why % {"email": account.email}, _("Change the e-mail address"), reverse("change-email"))
    if overview.second_factors.are_any and overview.second_factors.codes_left <= FEW_CODES:
        advice = _("Make new ones before you need them.")
        yield Task(f"{_codes_left(overview.second_factors)} {advice}", _("Recovery codes"), reverse("recovery-codes"))


def cards_of(account: Account, overview: Overview) -> list[Card]:
    """Return a card for each screen of an examiner's account."""
    return [
        Card(_("Entries in the register"), "#entries", _entries(overview)),
        Card(_("My details"), reverse("edit-details"), _details(account, overview)),
        Card(_("Messages from the board"), reverse("messages"), _emails(overview)),
        Card(_("E-mail address"), reverse("change-email"), account.email),
        Card(_("Password"), reverse("change-password"), _password(overview)),
        Card(_("Second factor and passkeys"), reverse("second-factor"), _second_factors(overview.second_factors)),
        Card(_("Logged-in devices"), reverse("sessions"), _sessions(overview.other_sessions)),
        Card(_("Account history"), reverse("history"), _history(overview)),
    ]


def _entries(overview: Overview) -> str:
    active = overview.active_entries
    ended = len(overview.entries) - len(active)
    text = _("No active entry.")
    if active:
        scopes = ", ".join(dict.fromkeys(entry.scope.code for entry in active))
        text = ngettext("%(count)d active entry: %(scopes)s.", "%(count)d active entries: %(scopes)s.", len(active))
        text %= {"count": len(active), "scopes": scopes}
    if ended:
        text += " " + ngettext("%(count)d struck off.", "%(count)d struck off.", ended) % {"count": ended}
    return text


def _details(account: Account, overview: Overview) -> str:
    text = _("Address: %(locality)s.") % {"locality": account.profile.locality}
    return f"{text} {_last_change(overview.details_changed_at)}" if overview.details_changed_at else text


def _emails(overview: Overview) -> str:
    email, count = overview.last_email, overview.new_emails
    if email is None:
        return _("There are no messages.")
    text = _("The last one: “%(kind)s”, %(day)s.")
    text %= {"kind": dict(EmailKind.choices)[email.kind], "day": _day(email.created_at)}
    new = ngettext("%(count)d new since the previous log-in.", "%(count)d new since the previous log-in.", count)
    return f"{new % {'count': count}} {text}" if count else text


def _password(overview: Overview) -> str:
    if overview.password_changed_at is None:
        return _("Change it if somebody else may have learned it.")
    return _last_change(overview.password_changed_at)


def _second_factors(factors: SecondFactors) -> str:
    if not factors.are_any:
        return _("None: the password alone opens the account.")
    count = len(factors.passkeys)
    names = [_("authenticator app")] if factors.totp_added_at else []
    names += [ngettext("%(count)d passkey", "%(count)d passkeys", count) % {"count": count}] if count else []
    return f"{capfirst(', '.join(names))}. {_codes_left(factors)}"


def _codes_left(factors: SecondFactors) -> str:
    left = factors.codes_left
    return ngettext("%(left)s recovery code is left.", "%(left)s recovery codes are left.", left) % {"left": left}


def _sessions(others: int) -> str:
    if not others:
        return _("Only this device.")
    return ngettext("This device and %(count)d other.", "This device and %(count)d others.", others) % {"count": others}


def _history(overview: Overview) -> str:
    if overview.previous_login is None:
        return _("Log-ins and changes of the account.")
    return _("Previous log-in: %(moment)s.") % {"moment": table_date(overview.previous_login)}


def _last_change(moment: datetime.datetime) -> str:
    return _("Last change: %(day)s.") % {"day": _day(moment)}


def _day(moment: datetime.datetime) -> str:
    return table_date(timezone.localdate(moment))


def _is_address_refused(account: Account, overview: Overview) -> bool:
    email = overview.last_email
    return (
        email is not None
        and email.email == account.email
        and email.state == DeliveryState.REJECTED
        and email.cause == Cause.ADDRESS
    )
