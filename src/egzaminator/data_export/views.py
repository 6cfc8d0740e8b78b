"""The view that exports an examiner's own data."""

from typing import Final

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.decorators import account_required
from egzaminator.accounts.models import Account
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.core.requests import client_ip
from egzaminator.data_export.domain.export import disclose
from egzaminator.data_export.readable import sections

_FILE: Final = "file"


class FormChoice(forms.Form):
    """The choice of an export's format: a file or a page."""

    form = forms.ChoiceField(choices=[(_FILE, _FILE), ("page", "page")])


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def my_data(request: HttpRequest, account: Account) -> HttpResponse:
    """Explain the data export; on POST, return the user's data as a file or as a page to read or print.

    Each export is recorded.
    """
    if account.examiner is None:
        return redirect("panel")
    choice = FormChoice(request.POST or None)
    if request.method != "POST" or not choice.is_valid():
        return render(request, "data_export/my_data.html")
    data = disclose(account=account, examiner=account.examiner, ip=client_ip(request))
    if choice.cleaned_data["form"] == _FILE:
        response = JsonResponse(data, encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = 'attachment; filename="moje-dane.json"'
        return response
    context = {"sections": sections(data), "made_at": data["made_at"]}
    return render(request, "data_export/printable.html", context)
