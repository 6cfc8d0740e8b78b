"""Finding the person whom a request about data is from, and issuing what is held about them."""

import uuid
from typing import Final, cast

from django.conf import settings
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import ask_to_reauthenticate, has_reauthenticated
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.core.typed_text import put_typed_text
from egzaminator.data_export.domain.export import Record
from egzaminator.data_export.readable import sections
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff, hit_lookup_limit, record_view
from egzaminator.panel.domain.issue_data import issue_data
from egzaminator.panel.forms import ExaminerForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.protection.data_forms import FILE, IssueForm
from egzaminator.register.domain.former_values import taken_back_called
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.independence import is_own_record

ISSUE_DATA: Final = "staff.issue_data"
_OWN: Final = _("This is your own record: you find your data in “My data” of your account.")


@permission_required(ISSUE_DATA)
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find_person(request: HttpRequest) -> HttpResponse:
    """Find the person by an exact number; lead to the page of issuing data, or to that of deleting the account."""
    form = ExaminerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        examiner = find_examiner_for_staff(asked=form.cleaned_data["asked"], by=actor_of(request))
        # Whoever was taken back is found by nobody, but what is still held about them is theirs to have.
        examiner = examiner or taken_back_called(name=form.cleaned_data["asked"]).first()
        if examiner is not None:
            page = "ask-deletion" if "delete" in request.POST else "issue-data"
            return redirect(page, examiner_id=examiner.id)
        form.add_error("asked", str(form.unknown))
    return render(request, "panel/protection/find_person.html", {"form": form})


@own_form(OwnForm(page="protection-person", typed=IssueForm, title=_("Issue the data"), button=_("Send")))
@permission_required(ISSUE_DATA)
@lookups_limited
@sensitive_variables("data")
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, examiner_id: uuid.UUID) -> HttpResponse:
    """Ask for the reason and, in answer to it, give everything that is held about a person, as a page or a file.

    It is recorded first. The data stand in this answer alone: no address and no stored file has them. The id of a
    record that was joined into another leads to that one.
    """
    by = actor_of(request)
    hit_lookup_limit(by=by, whom=str(examiner_id))
    examiner = get_object_or_404(Examiner, pk=examiner_id)
    if examiner.joined_into_id:
        return redirect("issue-data", examiner_id=examiner.joined_into_id)
    member = cast("Account", request.user)
    if is_own_record(examiner=examiner, member=member):
        messages.warning(request, str(_OWN))
        return redirect("examiner", examiner_id=examiner.pk)
    if not has_reauthenticated(request):
        return ask_to_reauthenticate(request, back_to=request.get_full_path())
    form = IssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = issue_data(examiner=examiner, reason=form.cleaned_data["reason"], by=by)
        is_file = form.cleaned_data["form"] == FILE
        return _file(data) if is_file else _page(request, examiner, data)
    if typed := take_fields(request, member, page=request.get_full_path()):
        put_typed_text(form, typed)
    record_view(examiner=examiner, by=by)
    return render(request, "panel/protection/issue.html", {"examiner": examiner, "form": form})


def _file(data: Record) -> HttpResponse:
    """Return the file that the person gets in "My data", too. Its name says nothing about anybody."""
    response = JsonResponse(data, encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="dane-osoby.json"'
    return response


def _page(request: HttpRequest, examiner: Examiner, data: Record) -> HttpResponse:
    """Return the page to print, in Polish whatever the language of the screen: it is for the person."""
    with override(settings.LANGUAGE_CODE):
        context = {"examiner": examiner, "sections": sections(data), "made_at": data["made_at"]}
        return render(request, "panel/protection/data.html", context)
