"""The undoing of an import on screen: until when, whom it leaves and why, and what it did."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor, actor_of
from egzaminator.audit.enums import Tag
from egzaminator.core.paging import Page, cursor_of, page_after, row_at
from egzaminator.panel.access import permission_required
from egzaminator.panel.actions import FormAction, SubjectPage
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit
from egzaminator.panel.domain.import_obstacles import in_the_way, left
from egzaminator.panel.domain.looks import record_look
from egzaminator.panel.domain.undo_import import UNDO, ask_to_undo, may_be_undone, undo_until
from egzaminator.panel.imports.forms import UndoForm
from egzaminator.panel.imports.shown import shown
from egzaminator.panel.journal_text import readable_text
from egzaminator.panel.lookup_limit import lookups_limited
from egzaminator.register.domain.imports.browser import all_imports
from egzaminator.register.enums import ImportState, UndoOutcome
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Examiner, Import

COUNTED_TO: Final = 1000
_PAGE_SIZE: Final = 50
_FIRST: Final = 10


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """A person whom the undoing leaves as they are, and why."""

    examiner: Examiner
    why: Promise


@dataclass
class Undoing:
    """An import that may be undone, with the first people who stand in the way."""

    record: Import
    people: list[PersonLeft] = field(default_factory=list)
    count: int = 0
    """How many stand in the way, or `COUNTED_TO` + 1 if they are more than `COUNTED_TO`."""


def undo_context(one: Import) -> Mapping[str, object]:
    """Return what the page of an applied import says of its undoing."""
    member = Account.objects.filter(pk=one.undone_by).first() if one.undone_by else None
    return {
        "undo_until": undo_until(one) if may_be_undone(one) else None,
        "undone": one.counts.get("undo"),
        "undone_by": member.display_name if member else "",
        "undo_reason": readable_text(one.undo_reason) if one.undone_at else "",
    }


@permission_required(UNDO)
@lookups_limited
@require_http_methods(["GET", "HEAD"])
def people_left(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """List whom an undoing would leave as they are, or has left. Each page is a look-up."""
    one = get_object_or_404(all_imports(), pk=import_id)
    if one.applied_at is None or one.is_due:
        return redirect("import", import_id=one.pk)
    page, people = _look(one, after=cursor_of(request), size=_PAGE_SIZE, by=actor_of(request))
    context = {"import": one, "one": shown([one])[0], "page": page, "people": people}
    return render(request, "panel/imports/people_left.html", context)


def _look(one: Import, *, after: uuid.UUID | None, size: int, by: Actor) -> tuple[Page[Examiner], list[PersonLeft]]:
    hit_lookup_limit(by=by, whom=f"import-left\0{one.pk}\0{after}")
    found = left(one) if one.state == ImportState.UNDONE else in_the_way(one)
    page = page_after(row_at(Examiner.objects.all(), after), found, by="sort_key", size=size)
    ids = [str(person.id) for person in page.rows]
    record_look(tag=Tag.EXAMINERS_LISTED, by=by, subject=None, details={"import": str(one.pk), "examiners": ids})
    return page, [PersonLeft(person, UndoOutcome(person.obstacle).label) for person in page.rows]


def _find(_request: HttpRequest, import_id: uuid.UUID) -> Undoing:
    return Undoing(get_object_or_404(all_imports(), pk=import_id))


def _look_at_first(request: HttpRequest, undoing: Undoing) -> None:
    """Have the page show the first people who stand in the way. It is a look-up."""
    if may_be_undone(undoing.record):
        _page, undoing.people = _look(undoing.record, after=None, size=_FIRST, by=actor_of(request))
        if undoing.people:
            undoing.count = in_the_way(undoing.record)[: COUNTED_TO + 1].count()


def _run(request: HttpRequest, undoing: Undoing, fields: Mapping[str, Any]) -> Promise:
    ask_to_undo(one=undoing.record, reason=fields["reason"], by=actor_of(request))
    return _("The import is being undone.")


UNDO_PAGE: Final = SubjectPage(
    find=_find,
    url=lambda undoing: reverse("import", args=[undoing.record.pk]),
    list_view="imports",
    name=lambda undoing: shown([undoing.record])[0].file_name,
    record_view=_look_at_first,
)
UNDO_IMPORT: Final = FormAction(
    name="undo-import",
    permission=UNDO,
    path="cofnij",
    title=_("Undo the import"),
    typed=UndoForm,
    form=lambda _undoing, _member, sent: UndoForm(sent),
    run=_run,
    notices={
        ImportNotReadyError: (
            messages.WARNING,
            _("That is not possible now: something has changed meanwhile. Look at the page again."),
        )
    },
    context=lambda undoing: {
        "undoing": undoing,
        "import": undoing.record,
        "people": undoing.people,
        "most": COUNTED_TO,
    },
    is_offered=lambda undoing: may_be_undone(undoing.record),
)
