"""The section of a person's page with what they stated themselves: in their account or, before that, in saved forms.

The help desk sees no more of it than it needs to reach the person: the e-mail address and the telephone.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Max
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.enums import EmailChangeOutcome
from egzaminator.accounts.models import Account
from egzaminator.accounts.profile_display import details_groups
from egzaminator.core.encryption import UndecryptableError
from egzaminator.core.text import NO_NAME, fold, full_name
from egzaminator.onboarding.models import Claim
from egzaminator.panel.person.viewed import Viewed
from egzaminator.register.models import Examiner

VIEW_ALL: Final = "accounts.view_profile"
_TO_REACH_THEM: Final = frozenset({"email", "phone"})
_EMAIL: Final = gettext_lazy("E-mail address")
_CONTACT: Final = gettext_lazy("E-mail address and telephone")


@dataclass(frozen=True, slots=True)
class Stated:
    """A detail as the person stated it."""

    label: str | Promise
    value: str
    in_register: str | None
    """What the register has instead; None if it agrees, or does not hold this detail."""
    changed_at: datetime.datetime | None
    """When it was last changed; None if it never was."""


@dataclass(frozen=True, slots=True)
class StatedGroup:
    """A titled group of details."""

    title: str | Promise
    rows: list[Stated]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the person stated the details: in the account, or in a saved form."""

    claim: Claim | None
    groups: list[StatedGroup] = field(default_factory=list)
    is_readable: bool = True


def context(request: HttpRequest, viewed: Viewed) -> Mapping[str, object] | None:
    """Return the context of `panel/person/details.html`, or None if the person stated nothing yet."""
    sees_all = request.user.has_perm(VIEW_ALL)
    if viewed.account:
        sources = [_of_account(viewed.account, viewed.examiner, sees_all=sees_all)]
    else:
        sources = [_of_claim(claim, viewed.examiner, sees_all=sees_all) for claim in viewed.open_claims]
    return {"sources": sources, "sees_all": sees_all} if sources else None


def _of_account(account: Account, examiner: Examiner, *, sees_all: bool) -> Source:
    changes = account.profile_changes.order_by().values_list("field").annotate(Max("at"))
    changed = dict(changes)
    changed["email"] = account.email_changes.filter(outcome__in=EmailChangeOutcome.made()).aggregate(
        at=Max("closed_at")
    )["at"]
    details = model_to_dict(account.profile) | {"email": account.email}
    return Source(None, _groups(details, examiner, changed, sees_all=sees_all))


def _of_claim(claim: Claim, examiner: Examiner, *, sees_all: bool) -> Source:
    try:
        details = claim.details | {"email": claim.email}
    except UndecryptableError:  # one damaged form must not hide the person
        return Source(claim, is_readable=False)
    return Source(claim, _groups(details, examiner, {}, sees_all=sees_all))


def _groups(
    details: Mapping[str, Any], examiner: Examiner, changed: Mapping[str, datetime.datetime], *, sees_all: bool
) -> list[StatedGroup]:
    in_register = _differences(details, examiner)

    def stated(rows: Iterable[tuple[str, str | Promise, str]]) -> list[Stated]:
        return [Stated(label, value, in_register.get(name), changed.get(name)) for name, label, value in rows]

    groups = details_groups(details)
    email = ("email", _EMAIL, details["email"])
    if sees_all:
        (first, *others) = groups
        return [
            StatedGroup(first.title, stated([*first.rows, email])),
            *[StatedGroup(group.title, stated(group.rows)) for group in others],
        ]
    rows = [email, *[row for group in groups for row in group.rows]]
    return [StatedGroup(_CONTACT, stated(row for row in rows if row[0] in _TO_REACH_THEM))]


def _differences(details: Mapping[str, Any], examiner: Examiner) -> dict[str, str]:
    """Return what the register has, by the name of the field, where it is something else.

    A difference of capitals, accents or dashes alone is none.
    """
    names = full_name(details["first_name"], details["middle_names"]) or NO_NAME
    pairs = {
        "surname": (details["surname"], examiner.surname),
        "first_name": (names, examiner.first_names),
        "email": (details["email"], examiner.email),
    }
    return {name: has or _("nothing") for name, (said, has) in pairs.items() if fold(said) != fold(has)}
