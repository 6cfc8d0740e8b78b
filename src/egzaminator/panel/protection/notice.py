"""Versions of the information clause: publishing one, and how many examiners were shown which."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.domain.privacy_notice import count_by_version, newest_notice, publish_notice
from egzaminator.accounts.errors import NoticeUnchangedError
from egzaminator.accounts.models import Account, PrivacyNotice
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.accounts.stashed_form import take_fields
from egzaminator.audit.actor import actor_of
from egzaminator.cms.domain.notice_text import read_notice_text
from egzaminator.panel.access import permission_required
from egzaminator.panel.navigation import PUBLISH_NOTICE, VIEW_PROTECTION
from egzaminator.panel.protection.notice_forms import NoticeForm


@permission_required(VIEW_PROTECTION)
@require_http_methods(["GET", "HEAD"])
def notice_versions(request: HttpRequest) -> HttpResponse:
    """Show the published versions, the newest first, and how many examiners were shown each one last."""
    counts = dict(count_by_version())
    notices = PrivacyNotice.objects.order_by("-published_at", "-id").defer("html")
    published = [(notice, counts.pop(notice.version, 0)) for notice in notices]
    context = {
        "published": published,
        "none": counts.pop(None, 0),
        "of_form": sorted(counts.items(), key=lambda one: str(one[0]), reverse=True),
    }
    return render(request, "panel/protection/notice_versions.html", context)


@own_form(
    OwnForm(
        typed=NoticeForm, title=gettext_lazy("New version of the information clause"), button=gettext_lazy("Publish")
    )
)
@permission_required(PUBLISH_NOTICE)
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the text of the clause's page as a new version, which each examiner is shown after the next log-in."""
    html = read_notice_text()
    typed = take_fields(request, cast("Account", request.user), page=request.get_full_path())
    form = NoticeForm(request.POST or None, html=html, initial={"changes": typed.get("changes", "")})
    if request.method == "POST" and html and form.is_valid():
        try:
            notice = publish_notice(html=html, changes=form.cleaned_data["changes"], by=actor_of(request))
        except NoticeUnchangedError:
            form.add_error(None, _("This text is the version in force already. First change and publish the page."))
        else:
            messages.success(request, _("Published: version %(version)s.") % {"version": notice.version})
            return redirect("publish-notice")
    newest = newest_notice()
    context = {"form": form, "html": html, "newest": newest, "is_in_force": newest is not None and newest.html == html}
    return render(request, "panel/protection/publish_notice.html", context)
