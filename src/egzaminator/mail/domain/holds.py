"""Holds on e-mail addresses that e-mails come back from: set, looked up, ended."""

import datetime
from collections.abc import Iterable
from typing import Final

from django.db.models import Max, Q

from egzaminator.core.statements import is_there
from egzaminator.mail.enums import BounceKind, DeliveryState
from egzaminator.mail.models import Bounce, Email, EmailHold

IN_A_ROW: Final = 5
"""So many e-mails in a row that came back for a passing reason are as good as a permanent one."""


def hold_of(email: str) -> EmailHold | None:
    """Return the hold on an address, or None."""
    return EmailHold.objects.select_related("bounce").filter(email=email.lower()).first()


def is_on_hold(email: str) -> bool:
    """Return whether an address is on hold."""
    return is_there("SELECT FROM mail_emailhold WHERE email = %s", [email.lower()])


def held_among(emails: Iterable[str]) -> set[str]:
    """Return those of some addresses that are on hold, in lower case, in one query."""
    return set(EmailHold.objects.filter(email__in={email.lower() for email in emails}).values_list("email", flat=True))


def hold_if_due(bounce: Bounce) -> bool:
    """Put the address of a bounce on hold if that is due, in the caller's transaction; return whether it was put."""
    if not _is_due(bounce):
        return False
    _, is_new = EmailHold.objects.get_or_create(email=bounce.email, defaults={"bounce": bounce})
    return is_new


def end_hold(*, email: str, proven_at: datetime.datetime) -> bool:
    """End the hold on an address, in the caller's transaction: what was mailed there at `proven_at` has been read.

    A hold that began later stays. Return whether there was one to end.
    """
    count, _ = EmailHold.objects.filter(email=email.lower(), since__lt=proven_at).delete()
    return bool(count)


def _is_due(bounce: Bounce) -> bool:
    if bounce.kind == BounceKind.PERMANENT:
        return True
    if bounce.kind != BounceKind.TEMPORARY:
        return False
    failed = Bounce.objects.filter(email=bounce.email, kind=BounceKind.TEMPORARY)
    if failed.count() < IN_A_ROW:
        return False
    newest = failed.aggregate(newest=Max("message__accepted_at"))["newest"]
    # An e-mail that came back for another reason tells neither that the address works nor that it does not.
    told = Email.objects.filter(
        Q(bounce=None) | ~Q(bounce__kind=BounceKind.OTHER),
        email__iexact=bounce.email,
        state=DeliveryState.ACCEPTED,
        accepted_at__lte=newest,
    ).order_by("-accepted_at")
    kinds = list(told.values_list("bounce__kind", flat=True)[:IN_A_ROW])
    return kinds == [BounceKind.TEMPORARY] * IN_A_ROW
