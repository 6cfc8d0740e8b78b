"""The screens of mailings: the list, writing one, its page with what became of it, and a preview."""

import uuid
from email import message_from_bytes, policy
from typing import Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of, number_cursor_of
from egzaminator.core.typed_text import with_typed_text
from egzaminator.mailings.domain.attachments import attachments_of
from egzaminator.mailings.domain.drafts import begin_draft, save_draft
from egzaminator.mailings.domain.markup import parse
from egzaminator.mailings.domain.sending import SEND
from egzaminator.mailings.enums import MailingState, RecipientState
from egzaminator.mailings.errors import MailingChangedError, NotNowError
from egzaminator.mailings.models import Mailing
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.examiner_lookup import find_examiner_for_staff
from egzaminator.panel.domain.mailings import VIEW, current, list_mailings, list_recipients, people_of, preview
from egzaminator.panel.domain.recipient_rows import NOT_REACHED, describe_recipients, states_in
from egzaminator.panel.forms import ExaminerForm
from egzaminator.panel.list_forms import ListForm
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.mailing.forms import MailingForm
from egzaminator.register.domain.selections import find_selection

_FORM: Final = OwnForm(
    typed=MailingForm, title=gettext_lazy("Message to examiners"), button=gettext_lazy("Save the draft")
)
_REFRESH_SECONDS: Final = "5"
_HEADERS: Final = (
    ("From", pgettext_lazy("e-mail", "From")),
    ("To", pgettext_lazy("e-mail", "To")),
    ("Reply-To", pgettext_lazy("e-mail", "Replies to")),
    ("Subject", gettext_lazy("Subject")),
)
NOT_NOW: Final = gettext_lazy(
    "That is not possible now: somebody has changed this message meanwhile. Look at it again."
)


@permission_required(VIEW)
@require_http_methods(["GET", "HEAD"])
def mailings(request: HttpRequest) -> HttpResponse:
    """List the mailings, the newest first, in pages."""
    return render(request, "panel/mailing/list.html", {"page": list_mailings(after=cursor_of(request))})


@own_form(_FORM)
@permission_required(SEND)
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, selection_id: uuid.UUID) -> HttpResponse:
    """Let staff write to everybody on a list."""
    selection = find_selection(selection_id=selection_id, reader=cast("Account", request.user).pk)
    if selection is None:
        raise Http404
    form = with_typed_text(MailingForm(request.POST or None), request)
    if request.method == "POST" and form.is_valid():
        mailing = begin_draft(
            mailing_id=form.cleaned_data["mailing_id"] or uuid.uuid4(),
            written=form.written,
            terms=selection.terms,
            by=actor_of(request),
        )
        messages.success(request, _("The draft is saved."))
        return redirect("mailing", mailing_id=mailing.pk)
    context = {"form": form, "selection": selection, "terms": ListForm.of(selection.terms).chosen}
    return render(request, "panel/mailing/write.html", context)


@own_form(_FORM)
@permission_required(SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Let staff change a draft. If a colleague has changed it meanwhile, show theirs, and keep what was typed."""
    mailing = find_mailing(mailing_id)
    form = with_typed_text(MailingForm(request.POST or None, initial=MailingForm.initial_of(mailing)), request)
    theirs: Mailing | None = None
    why_theirs: str | Promise = ""
    if request.method == "POST" and form.is_valid():
        try:
            save_draft(
                mailing_id=mailing.pk,
                version=form.cleaned_data["version"] or 0,
                written=form.written,
                by=actor_of(request),
            )
        except NotNowError:
            messages.warning(request, str(NOT_NOW))
            return redirect("mailing", mailing_id=mailing.pk)
        except MailingChangedError:
            theirs = find_mailing(mailing_id)
            typed = {name: form.cleaned_data[name] for name in ("kind", "subject", "body")}
            # A form that was shown again after the session had ended knows no version: perhaps nobody changed anything.
            why_theirs = form.changed if form.cleaned_data["version"] else form.differs
            form = MailingForm(initial={**typed, "version": theirs.version})
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("mailing", mailing_id=mailing.pk)
    elif mailing.state != MailingState.DRAFT:
        messages.warning(request, str(NOT_NOW))
        return redirect("mailing", mailing_id=mailing.pk)
    context = {
        "form": form,
        "mailing": mailing,
        "theirs": theirs,
        "why_theirs": why_theirs,
        "terms": ListForm.of(mailing.terms).chosen,
    }
    return render(request, "panel/mailing/write.html", context)


@permission_required(VIEW)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def mailing(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Show a mailing: a draft with its text, and later what became of it."""
    found = find_mailing(mailing_id)
    if found.state != MailingState.DRAFT:
        found = current(found)
    context: dict[str, object] = {
        "mailing": found,
        "terms": ListForm.of(found.terms).chosen,
        "sender": Account.objects.filter(pk=found.sender or found.author).first(),
        "blocks": parse(found.body),
        "attachments": attachments_of(found),
        "counts": [(state, found.counts.get(state.value, 0)) for state in RecipientState],
        "read": found.counts.get("read", 0),
    }
    if found.state == MailingState.DRAFT:
        context["people"] = people_of(found).count()
    response = render(request, "panel/mailing/page.html", context)
    if found.is_moving:
        response["Refresh"] = _REFRESH_SECONDS  # job-progress.js puts something better in its place
    return response


@permission_required(VIEW)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def recipients(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """List the recipients of a mailing, all, those not reached, or those in one state, with what became of each."""
    found = current(find_mailing(mailing_id))
    shown = request.GET.get("stan", "")
    states = states_in(shown)
    page = list_recipients(mailing=found, states=states, after=number_cursor_of(request), by=actor_of(request))
    context = {
        "mailing": found,
        "page": page,
        "rows": describe_recipients(page.rows),
        "states": [(one, found.counts.get(one.value, 0)) for one in RecipientState if found.counts.get(one.value)],
        "shown": shown,
        "not_reached": NOT_REACHED,
    }
    return render(request, "panel/mailing/recipients.html", context)


@own_form(OwnForm(typed=ExaminerForm, title=gettext_lazy("Preview"), button=gettext_lazy("Show")))
@permission_required(SEND)
@lookups_limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def show_preview(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Show a message as it would be for an examiner whom staff name, or give it as a file (`eml`)."""
    found = find_mailing(mailing_id)
    form = with_typed_text(ExaminerForm(request.POST or None), request)
    context: dict[str, object] = {"mailing": found, "form": form}
    if request.method == "POST" and form.is_valid():
        examiner = find_examiner_for_staff(asked=form.cleaned_data["asked"], by=actor_of(request))
        if examiner is None:
            form.add_error("asked", str(form.unknown))
        else:
            wire = preview(mailing=found, examiner=examiner, by=actor_of(request))
            if "eml" in request.POST:
                response = HttpResponse(wire, content_type="message/rfc822")
                response["Content-Disposition"] = 'attachment; filename="podglad.eml"'
                return response
            email = message_from_bytes(wire, policy=policy.default)
            plain = email.get_body(("plain",))
            context |= {
                "headers": [(label, str(email[name])) for name, label in _HEADERS],
                "text": plain.get_content() if plain else "",
            }
    return render(request, "panel/mailing/preview.html", context)


def find_mailing(mailing_id: uuid.UUID) -> Mailing:
    """Return a mailing. Raise `Http404`."""
    return get_object_or_404(Mailing, pk=mailing_id)
