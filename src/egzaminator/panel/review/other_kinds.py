"""What waits and is about no single account: second persons, damaged values, scopes."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.audit.domain.reviews import accept_undecryptable
from egzaminator.audit.models import UndecryptableValue
from egzaminator.panel.list_views import LIST_EXAMINERS
from egzaminator.panel.person.record_actions import CHANGE
from egzaminator.panel.review.kind import Acceptance, Item, Line, ReviewKind
from egzaminator.register.models import Examiner, Scope
from egzaminator.staff.domain.act_lists import VIEW_ACT, waiting_acts
from egzaminator.staff.models import Act

_CHANGE_SCOPE: Final = "register.change_scope"


def _acts(rows: Sequence[Act], _member: Account) -> list[Item]:
    return [
        Item(
            pk=act.pk,
            title=", ".join(account.display_name for account in act.accounts),
            url=reverse("act", args=[act.pk]),
            since=act.asked_at,
            lines=[
                Line(_("What"), str(act.get_kind_display())),
                Line(_("Asked by"), act.asked_by.display_name if act.asked_by else _("the administrator")),
            ],
            examiner_ids=[account.examiner_id for account in act.accounts if account.examiner_id],
        )
        for act in rows
    ]


def _values(rows: Sequence[UndecryptableValue], _member: Account) -> list[Item]:
    return [
        Item(
            pk=value.pk,
            title=value.location,
            since=value.last_at,
            lines=[Line(_("Row"), value.row or "–"), Line(_("Times"), str(value.times))],
            seen=str(value.times),
        )
        for value in rows
    ]


def _whose(value: UndecryptableValue) -> Examiner | None:
    """Return the examiner whose own row, account or form has the value, if it is one of these."""
    if not value.row:
        return None
    row = uuid.UUID(value.row)
    return Examiner.objects.filter(Q(pk=row) | Q(account=row) | Q(claims=row)).first()


def _scopes(rows: Sequence[Scope], member: Account) -> list[Item]:
    opens = member.has_perm(_CHANGE_SCOPE)
    return [
        Item(
            pk=scope.pk,
            title=scope.code,
            url=reverse("scope", args=[scope.pk]) if opens else "",
            lines=[Line(_("Number of entries"), str(scope.entry_count))],
        )
        for scope in rows
    ]


ACTS: Final[ReviewKind[Act]] = ReviewKind(
    slug="druga-osoba",
    label=gettext_lazy("Waits for a second person"),
    permission=VIEW_ACT,
    rows=Act.objects.all,
    waiting=lambda member: [
        waiting_acts(member=member).select_related("account__examiner", "closed_account__examiner", "asked_by")
    ],
    order="asked_at",
    items=_acts,
)
UNDECRYPTABLE: Final[ReviewKind[UndecryptableValue]] = ReviewKind(
    slug="nieczytelne-dane",
    label=gettext_lazy("Stored data that could not be read"),
    hint=gettext_lazy(
        "They were changed outside the program, or their key is missing. Pass the place and the row on to the "
        "administrator."
    ),
    permission=LIST_EXAMINERS,
    rows=UndecryptableValue.objects.all,
    waiting=lambda _member: [UndecryptableValue.objects.filter(needs_review=True)],
    order="last_at",
    items=_values,
    acceptance=Acceptance(
        permission=CHANGE,
        parameter="int:value_id",
        accept=lambda value, seen, by: accept_undecryptable(value_id=value.pk, seen=seen, by=by),
        examiner=_whose,
    ),
)
SCOPES: Final[ReviewKind[Scope]] = ReviewKind(
    slug="zakresy",
    label=gettext_lazy("Scopes without a kind of exam"),
    hint=gettext_lazy("They came in a register file. Open each, and choose its kind of exam."),
    permission=LIST_EXAMINERS,
    rows=Scope.objects.all,
    waiting=lambda _member: [Scope.objects.filter(exam_kind="")],
    order="code",
    items=_scopes,
)
