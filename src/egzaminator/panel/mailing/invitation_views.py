"""The screens of invitations: inviting a list, what became of it, its people, its letters, inviting again."""

import uuid
from typing import Final, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.accounts.own_forms import OwnForm, own_form
from egzaminator.accounts.reauthentication import reauthentication_required
from egzaminator.audit.actor import actor_of
from egzaminator.core.paging import cursor_of, number_cursor_of
from egzaminator.core.typed_text import with_typed_text
from egzaminator.mailings.domain import invitations as domain
from egzaminator.mailings.domain.postal_letters import people_to_write_to
from egzaminator.mailings.domain.sending import SEND
from egzaminator.mailings.enums import InvitationWay
from egzaminator.mailings.errors import NobodyError, PeopleChangedError
from egzaminator.mailings.models import Invitation
from egzaminator.panel.access import permission_required
from egzaminator.panel.domain.exports import ask_for_letters
from egzaminator.panel.domain.invitations import (
    PAGE_SIZE,
    Part,
    count_parts,
    describe_invitations,
    describe_invited,
    list_invitations,
    list_people,
    may_repeat,
    name_unreachable,
    people_to_invite,
)
from egzaminator.panel.domain.mailings import VIEW
from egzaminator.panel.errors import ExportsUsedUpError
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.panel.mailing.forms import InviteForm, LettersForm
from egzaminator.register.domain.selections import find_selection
from egzaminator.register.models import Examiner

_PARTS: Final = {
    Part.ALL: pgettext_lazy("recipients", "all"),
    Part.OPEN: gettext_lazy("have no account yet"),
    Part.ACCEPTED: gettext_lazy("have made an account"),
    Part.MISSED: gettext_lazy("the e-mail did not reach them"),
    Part.LETTER: gettext_lazy("get a letter"),
    Part.NONE: gettext_lazy("could not be invited"),
}


@permission_required(VIEW)
@require_http_methods(["GET", "HEAD"])
def invitations(request: HttpRequest) -> HttpResponse:
    """List the invitations, the newest first, in pages."""
    page = list_invitations(after=cursor_of(request))
    return render(request, "panel/mailing/invitations.html", {"page": page, "rows": describe_invitations(page.rows)})


@own_form(OwnForm(page="mailings"))
@permission_required(SEND)
@reauthentication_required
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, selection_id: uuid.UUID) -> HttpResponse:
    """Show whom of a list an invitation would go to, and send it when that is confirmed."""
    selection = find_selection(selection_id=selection_id, reader=cast("Account", request.user).pk)
    if selection is None:
        raise Http404
    people = people_to_invite(selection)
    if answer := _invite(request, people):
        return answer
    context = _reach(people) | {
        "selection": selection,
        "unreachable": name_unreachable(people=people, selection=selection, by=actor_of(request)),
        "page_size": PAGE_SIZE,
    }
    return render(request, "panel/mailing/invite.html", context)


@permission_required(VIEW)
@require_http_methods(["GET", "HEAD"])
def invitation(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Show what has become of an invitation."""
    found = _find(invitation_id)
    counts = count_parts(found)
    context = {
        "invitation": found,
        "author": Account.objects.filter(pk=found.author).first(),
        "invited": counts[Part.ALL] - counts[Part.NONE],
        "accepted": counts[Part.ACCEPTED],
        "waiting": domain.count_waiting(found),
        "parts": _counted(counts),
        "letters": people_to_write_to(found).count(),
        "open": counts[Part.OPEN],
        "may_repeat": may_repeat(found),
        "again_days": domain.again_after().days,
    }
    return render(request, "panel/mailing/invitation.html", context)


@permission_required(VIEW)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """List the people of an invitation, all or a part of them."""
    found = _find(invitation_id)
    asked = request.GET.get("kto", "")
    part = Part(asked) if asked in set(Part) else Part.ALL
    page = list_people(invitation=found, part=part, after=number_cursor_of(request), by=actor_of(request))
    context = {
        "invitation": found,
        "page": page,
        "rows": describe_invited(page.rows),
        "parts": _counted(count_parts(found)),
        "shown": part,
    }
    return render(request, "panel/mailing/invitation_people.html", context)


@own_form(OwnForm(page="mailings"))
@permission_required(SEND)
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def repeat(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Invite those once more who have not accepted an invitation, when that is confirmed."""
    found = _find(invitation_id)
    if not may_repeat(found):
        messages.warning(request, _("It is too early to invite them again."))
        return redirect("invitation", invitation_id=found.pk)
    waiting = domain.may_be_invited(domain.not_accepted(found))
    if answer := _invite(request, waiting):
        return answer
    return render(request, "panel/mailing/invite.html", _reach(waiting) | {"invitation": found})


@own_form(OwnForm(typed=LettersForm, title=gettext_lazy("Letters of invitation"), button=gettext_lazy("Make the file")))
@permission_required(SEND)
@permission_required("register.export")
@reauthentication_required
@lookups_limited
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Let staff ask, with a reason, for the letters of an invitation."""
    found = _find(invitation_id)
    form = with_typed_text(LettersForm(request.POST or None), request)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            export = ask_for_letters(
                export_id=typed["export_id"] or uuid.uuid4(),
                invitation=found,
                reason=typed["reason"],
                by=actor_of(request),
            )
        except ExportsUsedUpError:
            form.add_error(None, str(form.used_up))
        else:
            return redirect("export", export_id=export.pk)
    context = {"form": form, "invitation": found, "letters": people_to_write_to(found).count()}
    return render(request, "panel/mailing/letters.html", context)


def _invite(request: HttpRequest, people: QuerySet[Examiner]) -> HttpResponse | None:
    """Invite people if the form says so. Return where that leads, or None if the page is to be shown."""
    form = InviteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = domain.invite(
            invitation_id=form.cleaned_data["invitation_id"],
            people=people,
            shown=form.cleaned_data["people"],
            by=actor_of(request),
        )
    except NobodyError:
        messages.warning(request, _("There is nobody whom an invitation would reach."))
        return None
    except PeopleChangedError as changed:
        text = ngettext(
            "The list has changed meanwhile, perhaps because some are invited already: %(count)d person now. Nobody "
            "was invited this time. Check it before you press once more.",
            "The list has changed meanwhile, perhaps because some are invited already: %(count)d people now. Nobody "
            "was invited this time. Check it before you press once more.",
            changed.count,
        )
        messages.warning(request, text % {"count": changed.count})
        return None
    messages.success(request, _("They are invited. The e-mails are being sent; you may close this page."))
    return redirect("invitation", invitation_id=made.pk)


def _reach(people: QuerySet[Examiner]) -> dict[str, object]:
    ways = domain.count_ways(people)
    return {
        "ways": [(way, ways[way]) for way in InvitationWay if ways.get(way)],
        "count": sum(ways.values()),
        "reached": sum(ways.values()) - ways.get(InvitationWay.NONE, 0),
        "without_way": ways.get(InvitationWay.NONE, 0),
        "new_id": uuid.uuid4(),
        "again_days": domain.again_after().days,
    }


def _counted(counts: dict[Part, int]) -> list[tuple[Part, Promise, int]]:
    """Return the parts of an invitation's people that there are, each with its label and its size."""
    return [(part, label, counts[part]) for part, label in _PARTS.items() if counts[part] or part is Part.ALL]


def _find(invitation_id: uuid.UUID) -> Invitation:
    return get_object_or_404(Invitation, pk=invitation_id)
