"""The register's list: everybody, or what a selection shows; and the selections that have names."""

import uuid
from typing import Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff
from egzaminator.panel.domain.list_lookup import Listed, is_exact, list_examiners, make_selection
from egzaminator.panel.domain.overview import current_totals
from egzaminator.panel.list_forms import ListForm, SelectionNameForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.register.domain.listing import COUNTED_TO
from egzaminator.register.domain.selections import find_selection, list_named, rename
from egzaminator.register.models import Selection
from egzaminator.register.terms import Terms

LIST_EXAMINERS: Final = "register.list_examiners"


def everybody(request: HttpRequest) -> HttpResponse:
    """List the register, and take what is searched and filtered for, from staff who may list examiners.

    An exact number leads to its person, anything else to the page of a selection.
    """
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _answer(request, form)
        if answer is not None:
            return answer
    if form.is_bound:  # what was typed is shown again, without a list that it did not ask for
        return _render(request, form, None)
    listed = list_examiners(terms=Terms(), by=actor_of(request), after=cursor_of(request))
    return _render(request, form, listed)


def _answer(request: HttpRequest, form: ListForm) -> HttpResponse | None:
    asked = form.cleaned_data["asked"]
    if asked and is_exact(asked):
        examiner = find_examiner_for_staff(asked=asked, by=actor_of(request))
        if examiner is not None:
            return redirect("examiner", examiner_id=examiner.id)
        form.add_error("asked", str(form.unknown))
        return None
    return redirect("examiner-list", selection_id=make_selection(terms=form.terms, by=actor_of(request)).id)


@permission_required(LIST_EXAMINERS)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def selected(request: HttpRequest, selection_id: uuid.UUID) -> HttpResponse:
    """Show a page of a selection."""
    return _show(request, _find(request, selection_id))


_NAME_FORM: Final = OwnForm(
    page="find-examiner", typed=SelectionNameForm, title=gettext_lazy("Save this list"), button=gettext_lazy("Save")
)


@own_form(_NAME_FORM)
@permission_required(LIST_EXAMINERS)
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["POST"])
def name_selection(request: HttpRequest, selection_id: uuid.UUID) -> HttpResponse:
    """Give a selection of one's own a name, or another name."""
    selection = _find_own(request, selection_id)
    form = SelectionNameForm(request.POST)
    if not form.is_valid():
        return _show(request, selection, form)
    rename(selection=selection, name=form.cleaned_data["name"])
    messages.success(request, _("The list is kept under this name."))
    return redirect("examiner-list", selection_id=selection.id)


@own_form(OwnForm(page="find-examiner"))
@permission_required(LIST_EXAMINERS)
@require_http_methods(["POST"])
def delete_selection(request: HttpRequest, selection_id: uuid.UUID) -> HttpResponse:
    """Delete a selection of one's own. The people on it stay as they are."""
    _find_own(request, selection_id).delete()
    messages.success(request, _("The list is deleted. The people on it stay in the register."))
    return redirect("find-examiner")


def _find(request: HttpRequest, selection_id: uuid.UUID) -> Selection:
    selection = find_selection(selection_id=selection_id, reader=_member(request).id)
    if selection is None:
        raise Http404
    return selection


def _find_own(request: HttpRequest, selection_id: uuid.UUID) -> Selection:
    selection = _find(request, selection_id)
    if selection.maker != _member(request).id:
        raise Http404
    return selection


def _member(request: HttpRequest) -> Account:
    return cast("Account", request.user)


def _show(request: HttpRequest, selection: Selection, name_form: SelectionNameForm | None = None) -> HttpResponse:
    terms = selection.terms
    listed = list_examiners(terms=terms, by=actor_of(request), after=cursor_of(request), selection=selection)
    own = selection.maker == _member(request).id
    form = name_form or SelectionNameForm(initial={"name": selection.name})
    return _render(request, ListForm.of(terms), listed, selection=selection, name_form=form if own else None)


def _render(request: HttpRequest, form: ListForm, listed: Listed | None, **context: object) -> HttpResponse:
    context |= {
        "form": form,
        "filters": [form[name] for name in form.filters],
        "have_filters_errors": any(form[name].errors for name in form.filters),
        "chosen": form.chosen if listed else [],
        "listed": listed,
        "counted_to": COUNTED_TO,
        "totals": current_totals(),
        "named": list_named(),
    }
    return render(request, "panel/examiner_list.html", context)
