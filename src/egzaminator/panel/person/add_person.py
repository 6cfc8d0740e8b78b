"""The page that adds a person to the register, with their first entry."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.core.typed_text import put_typed_text
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import record_miss, record_view
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.register_forms import FIELDS, NewPersonForm
from egzaminator.register.columns import Column
from egzaminator.register.domain.add_person import add_person
from egzaminator.register.domain.parse_row import RegisterRow
from egzaminator.register.errors import ImportRunsError, PersonExistsError
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.independence import is_about_oneself
from egzaminator.staff.errors import OwnAccountError

_OWN_FORM = OwnForm(typed=NewPersonForm, title=gettext_lazy("Add a person"), button=gettext_lazy("Add to the register"))


@own_form(_OWN_FORM)
@permission_required("register.add_examiner")
@lookups_limited
@reauthentication_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Let staff add a person. If the register has the person or the number already, lead to whose it is."""
    form = NewPersonForm(request.POST or None)
    owner: Examiner | None = None
    if request.method == "POST" and form.is_valid():
        try:
            examiner = _add(request, form)
        except PersonExistsError as error:
            if error.column == Column.NUMBER:  # which also tells that the register does not have the person
                record_miss(asked=form.cleaned_data["pesel"] or form.cleaned_data["identifier"], by=actor_of(request))
            owner = Examiner.objects.get(pk=error.examiner_id)
            record_view(examiner=owner, by=actor_of(request))
            form.add_error(FIELDS[error.column], _("The register has it already"))
        except ImportRunsError:
            form.add_error(None, _("A register file is being read in. Send the form again in a few minutes."))
        except OwnAccountError:
            form.add_error(None, _("This is you, or somebody of your name: a colleague has to enter them."))
        else:
            messages.success(request, _("The person is in the register."))
            return redirect("examiner", examiner_id=examiner.id)
    elif request.method == "GET":
        put_typed_text(form, take_fields(request, cast("Account", request.user), page=request.get_full_path()))
    return render(request, "panel/person/add_person.html", {"form": form, "owner": owner})


def _add(request: HttpRequest, form: NewPersonForm) -> Examiner:
    row: RegisterRow = form.cleaned_data["row"]
    name = f"{row.first_names} {row.surname}"
    if is_about_oneself(name=name, email=row.email, member=cast("Account", request.user)):
        raise OwnAccountError
    return add_person(row=row, reason=form.cleaned_data["reason"], by=actor_of(request))
