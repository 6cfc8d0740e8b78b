"""The board's setting for one person on duty: whether an act may be done in the panel without a second person.

A change of the setting takes effect after 48 hours, in both directions, and can be cancelled until then. So whoever has
an administrator's account cannot switch it on and act at once, and the others hear of it in time. An act that waits is
not touched: it was asked for under the setting of that moment, and its owner was told so.
"""

from dataclasses import dataclass

from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.staff.domain.independence import is_trusted_alone
from egzaminator.staff.domain.membership import administration
from egzaminator.staff.domain.notifications import notify_of_alone_change
from egzaminator.staff.models import AloneChange


@dataclass(frozen=True, slots=True)
class AloneSetting:
    """Whether one person may act alone in the panel now, and the change that has not taken effect yet."""

    is_allowed: bool
    pending: AloneChange | None


def alone_setting() -> AloneSetting:
    """Return the setting as it is. A new board requires the second person. Runs one query."""
    newest = list(AloneChange.objects.filter(cancelled_at=None).order_by("-starts_at", "-id")[:2])
    now = timezone.now()
    return AloneSetting(
        is_allowed=next((change.is_allowed for change in newest if change.starts_at <= now), False),
        pending=next((change for change in newest if change.starts_at > now), None),
    )


def may_ask_alone(*, member: Account) -> bool:
    """Return whether a staff member may ask now for an act that is done without a second person."""
    return is_trusted_alone(member) and alone_setting().is_allowed


def set_alone(*, is_allowed: bool, by: Actor) -> AloneSetting:
    """Ask that the setting be changed in 48 hours, or cancel the change that waits, and tell who must know.

    All administrators and inspectors are told at once. Nothing happens if the setting is, or will be, as asked. Return
    the setting as it is afterwards. Raise `NotAdministratorError`.
    """
    with administration(by=by):
        now = alone_setting()
        if now.pending is not None and is_allowed == now.is_allowed:
            now.pending.cancelled_at = timezone.now()
            now.pending.save(update_fields=["cancelled_at"])
            _record(Tag.ALONE_CHANGE_CANCELLED, now.pending, by)
        elif now.pending is None and is_allowed != now.is_allowed:
            _record(Tag.ALONE_CHANGE_ASKED, AloneChange.objects.create(is_allowed=is_allowed), by)
        return alone_setting()


def _record(tag: Tag, change: AloneChange, by: Actor) -> None:
    record_event(tag=tag, by=by, subject=by.account_id, details={"allowed": change.is_allowed})
    notify_of_alone_change(change=change, by=by)
