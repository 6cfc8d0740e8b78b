"""The rows of an exported list of people: who they are, what they may examine, whether they have an account."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account
from egzaminator.core.text import NO_NAME
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import AccountStanding
from egzaminator.register.models import Entry, Examiner

_PEOPLE_AT_ONCE: Final = 1000
HEADING: Final[dict[str, Promise]] = {
    "surname": _("Surname"),
    "first_names": _("First names"),
    "numbers": _("Registration numbers"),
    "scopes": _("Scopes"),
    "struck_off": _("Numbers struck off"),
    "account": _("Account"),
    "email": _("E-mail address"),
    "deceased": _("Recorded as deceased"),
}


def people_rows(*, people: QuerySet[Examiner]) -> Iterator[tuple[list[list[str]], list[uuid.UUID]]]:
    """Yield the rows of a list of people, in batches with their ids, a row a person, in the register's order.

    The cells are in the order of `HEADING`, and in the active language. None holds a PESEL.
    """
    open_claims = Claim.objects.filter(examiner=OuterRef("pk"), closed_at__isnull=True, expires_at__gt=timezone.now())
    entries = Prefetch("entries", Entry.objects.select_related("scope").order_by("number_key"))
    found = (
        Examiner.objects.filter(pk__in=people.order_by().values("pk"))
        .defer("pesel_encrypted", "pesel_index")
        .select_related("account")
        .prefetch_related(entries)
        .annotate(has_claim=Exists(open_claims))
        .order_by("sort_key", "id")
    )
    ordered = found.iterator(chunk_size=_PEOPLE_AT_ONCE)
    while examiners := list(itertools.islice(ordered, _PEOPLE_AT_ONCE)):
        rows = [_row(examiner, has_claim=examiner.has_claim) for examiner in examiners]
        yield rows, [examiner.id for examiner in examiners]


def _row(examiner: Examiner, *, has_claim: bool) -> list[str]:
    entries = list(examiner.entries.all())
    active = [entry for entry in entries if entry.is_active]
    account: Account | None = getattr(examiner, "account", None)
    return [
        _known(examiner.surname),
        _known(examiner.first_names),
        ", ".join(entry.number for entry in active),
        ", ".join(dict.fromkeys(entry.scope.code for entry in active)),
        ", ".join(entry.number for entry in entries if not entry.is_active),
        _standing(account, has_claim=has_claim),
        account.email if account and account.state != AccountState.CLOSED else examiner.email,
        examiner.deceased_on.isoformat() if examiner.deceased_on else "",
    ]


def _known(name: str) -> str:
    return "" if name == NO_NAME else name


def _standing(account: Account | None, *, has_claim: bool) -> str:
    if account is not None:
        return str(AccountStanding(account.state).label)
    return str((AccountStanding.WAITING if has_claim else AccountStanding.NONE).label)
