"""What staff do with a mailing: try it out, send, plan, stop, let on, cancel, send again, delete."""

import uuid
from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.audit.actor import actor_of
from egzaminator.core.templatetags.dates import prose_date
from egzaminator.mailings.domain import sending
from egzaminator.mailings.domain.attachments import attachments_of
from egzaminator.mailings.domain.drafts import delete_draft
from egzaminator.mailings.domain.markup import parse
from egzaminator.mailings.domain.sending import AT_ONCE, SEND, STOP
from egzaminator.mailings.domain.standing import reach_of
from egzaminator.mailings.enums import MISSED, MailingKind, MailingState
from egzaminator.mailings.errors import MailingChangedError, NobodyError, NotNowError, PeopleChangedError
from egzaminator.mailings.models import Mailing
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.mailings import current, people_of, same_text_to, send, send_again, send_test
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.mailing.forms import SendForm, ShownForm
from egzaminator.panel.mailing.views import NOT_NOW, find_mailing
from egzaminator.register.models import Examiner

_CHANGED: Final = gettext_lazy(
    "A colleague has changed this message since you opened it. Read it again before you go on."
)
_NOBODY: Final = gettext_lazy("The message would go to nobody.")


def _button(
    permission: str, act: Callable[[HttpRequest, Mailing], None], done: Promise
) -> Callable[..., HttpResponseBase]:
    """Return the view of a button on a mailing's page."""

    @own_form(OwnForm(page="mailings"))
    @permission_required(permission)
    @require_http_methods(["POST"])
    def view(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
        found = find_mailing(mailing_id)
        try:
            act(request, found)
        except NotNowError:
            messages.warning(request, str(NOT_NOW))
        else:
            messages.success(request, str(done))
        return redirect("mailing", mailing_id=mailing_id)

    return view


pause = _button(
    STOP,
    lambda request, found: sending.pause(mailing_id=found.pk, by=actor_of(request)),
    gettext_lazy("Stopped. Nothing more is sent until somebody lets it on."),
)
resume = _button(
    SEND,
    lambda request, found: sending.resume(mailing_id=found.pk, by=actor_of(request)),
    gettext_lazy("It is sent on."),
)
test = _button(
    SEND,
    lambda request, found: send_test(mailing=found, by=actor_of(request)),
    gettext_lazy("The message is on its way to your own mailbox, filled in with an invented person."),
)


@own_form(OwnForm(page="mailings"))
@permission_required(SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Delete a draft."""
    found = find_mailing(mailing_id)
    form = ShownForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            delete_draft(mailing_id=found.pk, version=form.cleaned_data["version"] or 0, by=actor_of(request))
        except NotNowError:
            messages.warning(request, str(NOT_NOW))
        except MailingChangedError:
            messages.warning(request, str(_CHANGED))
        else:
            messages.success(request, _("The draft is deleted."))
            return redirect("mailings")
        return redirect("mailing", mailing_id=found.pk)
    return _only_in(request, found, MailingState.DRAFT) or render(
        request, "panel/mailing/delete.html", {"mailing": found, "form": form}
    )


@own_form(OwnForm(page="mailings"))
@permission_required(SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Cancel a mailing for good, after a page that says what that means."""
    found = current(find_mailing(mailing_id))
    if request.method == "POST":
        try:
            sending.cancel(mailing_id=found.pk, by=actor_of(request))
        except NotNowError:
            messages.warning(request, str(NOT_NOW))
        else:
            messages.success(request, _("Cancelled. Whoever it had not been sent to gets nothing."))
        return redirect("mailing", mailing_id=found.pk)
    open_states = (MailingState.PLANNED, MailingState.SENDING, MailingState.PAUSED)
    return _only_in(request, found, *open_states) or render(request, "panel/mailing/cancel.html", {"mailing": found})


@own_form(OwnForm(typed=SendForm, title=gettext_lazy("Send"), button=gettext_lazy("Send")))
@permission_required(SEND)
@reauthentication_required
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Show to how many a draft would go, and send or plan it when that is confirmed."""
    found = find_mailing(mailing_id)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            planned = send(
                mailing=found,
                version=typed["version"],
                shown=typed["people"],
                starts_at=typed["starts_at"],
                by=actor_of(request),
            )
        except NotNowError:
            _say_where_it_is(request, found)
        except MailingChangedError:
            messages.warning(request, str(_CHANGED))
        except NobodyError:
            messages.warning(request, str(_NOBODY))
        except PeopleChangedError as changed:
            messages.warning(request, _people_changed(changed))
            return _show_confirm(request, found, SendForm(initial={"day": typed.get("day"), "hour": typed.get("hour")}))
        else:
            messages.success(request, _planned(planned))
        return redirect("mailing", mailing_id=found.pk)
    return _only_in(request, found, MailingState.DRAFT) or _show_confirm(request, found, form)


@own_form(OwnForm(page="mailings"))
@permission_required(SEND)
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def repeat(request: HttpRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Send a mailing again to whoever it has not reached, when that is confirmed."""
    found = current(find_mailing(mailing_id))
    form = ShownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = send_again(mailing=found, shown=form.cleaned_data["people"] or 0, by=actor_of(request))
        except NotNowError:
            messages.warning(request, str(NOT_NOW))
        except NobodyError:
            messages.warning(request, str(_NOBODY))
        except PeopleChangedError as changed:
            messages.warning(request, _people_changed(changed))
            return redirect("repeat-mailing", mailing_id=found.pk)
        else:
            messages.success(request, _planned(planned))
        return redirect("mailing", mailing_id=found.pk)
    missed = Examiner.objects.filter(pk__in=found.recipients.filter(state__in=MISSED).values("examiner"))
    context = {"mailing": found, "at_once": AT_ONCE, **_reach(found, missed)}
    return _only_in(request, found, MailingState.FINISHED) or render(request, "panel/mailing/repeat.html", context)


def _show_confirm(request: HttpRequest, found: Mailing, form: SendForm) -> HttpResponse:
    people = people_of(found)
    context = {
        "mailing": found,
        "form": form,
        "blocks": parse(found.body),
        "attachments": attachments_of(found),
        "same_text": same_text_to(found, people),
        "at_once": AT_ONCE,
        **_reach(found, people),
    }
    return render(request, "panel/mailing/confirm.html", context)


def _reach(found: Mailing, people: QuerySet[Examiner]) -> dict[str, object]:
    """Return what `reach.html` shows: how many of these people it would reach now, and why not the others."""
    reach = reach_of(people, is_informational=found.kind == MailingKind.INFORMATIONAL)
    return {"reach": reach, "left_out": sorted(reach.left_out.items())}


def _only_in(request: HttpRequest, found: Mailing, *states: MailingState) -> HttpResponse | None:
    """Redirect to the mailing's page if it is in none of these states. Return None otherwise."""
    if found.state in states:
        return None
    messages.warning(request, str(NOT_NOW))
    return redirect("mailing", mailing_id=found.pk)


def _say_where_it_is(request: HttpRequest, found: Mailing) -> None:
    """Tell whoever pressed the button twice that it is done, and anybody else to look again."""
    found.refresh_from_db()
    if found.sender == request.user.pk and found.state != MailingState.CANCELLED:
        messages.info(request, _("You have sent this message already. It goes to everybody once."))
    else:
        messages.warning(request, str(NOT_NOW))


def _people_changed(changed: PeopleChangedError) -> str:
    return ngettext(
        "The list has changed meanwhile: %(count)d person now. Nothing was sent. Check it, and send it once more.",
        "The list has changed meanwhile: %(count)d people now. Nothing was sent. Check it, and send it once more.",
        changed.count,
    ) % {"count": changed.count}


def _planned(planned: Mailing) -> str:
    if planned.starts_at is None or planned.starts_at <= timezone.now():
        return _("The message is being sent. You may close this page.")
    return _("The message will be sent: %(moment)s.") % {"moment": prose_date(planned.starts_at)}
