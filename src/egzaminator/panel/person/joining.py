"""The joining of two records of one person: the search for the other one, and the action."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.errors import AccountClosedError
from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.audit.actor import actor_of
from egzaminator.core.requests import client_ip
from egzaminator.panel.access import permission_required
from egzaminator.panel.actions import FormAction, SubjectPage
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff, hit_lookup_limit, record_view
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.person.account_actions import ASK_ERRORS, asked_in_words
from egzaminator.panel.person.record_actions import CHANGE, FORM_ERRORS, NOTICES, require_others
from egzaminator.panel.person.register_forms import AskToJoinForm, OtherForm
from egzaminator.panel.person.sides import Side
from egzaminator.panel.record_form import RecordForm
from egzaminator.records.domain.joining import join_examiners, show_both
from egzaminator.records.errors import DifferentEndsError, NotPossibleNowError, SamePersonError, TwoAccountsError
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.alone import may_ask_alone
from egzaminator.staff.domain.asking import Joining, ask
from egzaminator.staff.errors import ActWaitsError

TITLE: Final = _("Join with another person")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of one person: the one that is kept, and the one that is joined into it."""

    kept: Examiner
    other: Examiner

    @property
    def pk(self) -> str:
        """Both ids, as a form is bound to them."""
        return f"{self.kept.id}:{self.other.id}"


def _find(request: HttpRequest, examiner_id: uuid.UUID, other_id: uuid.UUID) -> Pair:
    for one in (examiner_id, other_id):
        hit_lookup_limit(by=actor_of(request), whom=str(one))
    records = Examiner.objects.in_register()
    return Pair(get_object_or_404(records, pk=examiner_id), get_object_or_404(records, pk=other_id))


def _record_views(request: HttpRequest, pair: Pair) -> None:
    for examiner in (pair.kept, pair.other):
        record_view(examiner=examiner, by=actor_of(request))


JOIN_PAGE: Final[SubjectPage[Pair]] = SubjectPage(
    find=_find,
    url=lambda pair: reverse("examiner", args=[pair.kept.id]),
    list_view="find-examiner",
    name=lambda pair: pair.kept.name,
    record_view=_record_views,
)


def _account_of(examiner: Examiner) -> Account | None:
    return Account.objects.select_related("examiner").filter(examiner=examiner).first()


def _two_accounts(pair: Pair) -> list[Account]:
    """Return the accounts if both records have one, that of the kept record first; else none."""
    accounts = [account for one in (pair.kept, pair.other) if (account := _account_of(one))]
    return accounts if len(accounts) > 1 else []


def _form(pair: Pair, member: Account, sent: QueryDict | None) -> RecordForm:
    named: dict[str, Any] = {"name": JOIN.name, "subject_id": pair.pk, "shown": show_both(pair.kept, pair.other)}
    accounts = _two_accounts(pair)
    if not accounts:
        return RecordForm(sent, **named)
    texts = (_("that of the record that stays, %(email)s"), _("that of the other record, %(email)s"))
    choices = [
        (str(account.id), text % {"email": account.email}) for account, text in zip(accounts, texts, strict=True)
    ]
    return AskToJoinForm(sent, choices=choices, may_be_alone=may_ask_alone(member=member), **named)


def _run(request: HttpRequest, pair: Pair, fields: Mapping[str, Any]) -> Promise:
    require_others(request, pair.kept, pair.other)
    return _ask(request, pair, fields) if "stays" in fields else _join(request, pair, fields)


def _ask(request: HttpRequest, pair: Pair, fields: Mapping[str, Any]) -> Promise:
    accounts = _two_accounts(pair)
    if not accounts:
        raise NotPossibleNowError
    staying, closed = sorted(accounts, key=lambda account: str(account.id) != fields["stays"])
    act = ask(
        kind=ActKind.JOIN,
        account=staying,
        joining=Joining(closed=closed, kept_id=pair.kept.id, shown=fields["shown"]),
        reason=fields["reason"],
        member=cast("Account", request.user),
        ip=client_ip(request),
        is_alone=fields.get("alone", False),
    )
    return asked_in_words(act)


def _join(request: HttpRequest, pair: Pair, fields: Mapping[str, Any]) -> Promise:
    join_examiners(
        kept_id=pair.kept.id,
        other_id=pair.other.id,
        shown=fields["shown"],
        reason=fields["reason"],
        by=actor_of(request),
    )
    return _("The two records are one now. What the other one had is below the values that stay.")


def _both(pair: Pair) -> Mapping[str, object]:
    sides = [
        Side(examiner=examiner, account=_account_of(examiner), is_kept=examiner == pair.kept)
        for examiner in (pair.kept, pair.other)
    ]
    return {"sides": sides, "has_two_accounts": all(side.account for side in sides)}


JOIN: Final[FormAction[Pair]] = FormAction(
    name="join",
    permission=CHANGE,
    path="polacz",
    title=TITLE,
    typed=RecordForm,
    form=_form,
    run=_run,
    notices=NOTICES,
    form_errors={
        **FORM_ERRORS,
        **ASK_ERRORS,
        SamePersonError: OtherForm.same,
        TwoAccountsError: _("Both records have an account by now. Open the page again: it takes a second person."),
        ActWaitsError: _("Something about one of the accounts waits for a second person already: that comes first."),
        AccountClosedError: _("One of the accounts is closed. A closed account cannot be joined."),
        DifferentEndsError: _(
            "Only one of the records says that the examiner died or went to another board. Correct this first."
        ),
    },
    context=_both,
    is_offered=lambda pair: pair.kept.id != pair.other.id,
)


@own_form(OwnForm(typed=OtherForm, title=TITLE, button=_("Find")))
@permission_required(CHANGE)
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find_other(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Ask for the other record of a person, find it, and lead to the page that shows both."""
    hit_lookup_limit(by=actor_of(request), whom=str(examiner_id))
    examiner = get_object_or_404(Examiner.objects.in_register(), pk=examiner_id)
    form = OtherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = find_examiner_for_staff(asked=form.cleaned_data["asked"], by=actor_of(request))
        if other is not None and other.id != examiner.id:
            return redirect("join", examiner_id=examiner.id, other_id=other.id)
        form.add_error("asked", form.unknown if other is None else form.same)
    record_view(examiner=examiner, by=actor_of(request))
    context = {"form": form, "examiner": examiner, "title": TITLE}
    return render(request, "panel/person/find_other.html", context)
