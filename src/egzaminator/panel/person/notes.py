"""Notes about a person: the section of their page, and the actions that add and remove one.

A note never changes: whoever was wrong removes it and writes another. Its author may remove it, and whoever keeps the
register may remove anybody's.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.audit.models import StaffText
from egzaminator.panel.actions import FormAction, SubjectPage, offered
from egzaminator.panel.domain.examiner_lookup import hit_lookup_limit, record_view
from egzaminator.panel.forms import NoteForm, ReasonForm
from egzaminator.panel.journal_text import readable_text
from egzaminator.panel.person.record_actions import NOTICES
from egzaminator.panel.person.viewed import Viewed
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.notes import add_note, is_note, notes_about, remove_note
from egzaminator.staff.errors import OwnAccountError

ADD: Final = "audit.add_stafftext"
REMOVE_ANY: Final = "audit.delete_stafftext"
_OWN: Final = _("This record is your own: a colleague has to see to it.")


@dataclass(frozen=True, slots=True)
class Note:
    """A note about an examiner."""

    text: StaffText
    examiner: Examiner


def context(request: HttpRequest, viewed: Viewed) -> Mapping[str, object]:
    """Return the context of `panel/person/notes.html`."""
    texts = notes_about(examiner=viewed.examiner)
    authors = Account.objects.in_bulk([text.author for text in texts if text.author])
    notes = [
        {
            "id": text.id,
            "text": readable_text(text),
            "at": text.created_at,
            "author": authors[text.author].display_name if text.author in authors else "",
            "may_remove": _may_remove(request, text),
        }
        for text in texts
    ]
    return {"notes": notes, "actions": offered(request, NOTE_ACTIONS, viewed.examiner)}


def _may_remove(request: HttpRequest, text: StaffText) -> bool:
    is_own = text.author == request.user.pk and request.user.has_perm(ADD)
    return is_own or request.user.has_perm(REMOVE_ANY)


def _add(request: HttpRequest, examiner: Examiner, fields: Mapping[str, Any]) -> Promise:
    member = cast("Account", request.user)
    add_note(examiner=examiner, text=fields["note"], member=member, by=actor_of(request))
    return _("The note is kept.")


def _remove(request: HttpRequest, note: Note, fields: Mapping[str, Any]) -> Promise:
    if not _may_remove(request, note.text):
        raise PermissionDenied
    member = cast("Account", request.user)
    remove_note(text=note.text, examiner=note.examiner, reason=fields["reason"], member=member, by=actor_of(request))
    return _("The note is removed.")


def _find(request: HttpRequest, note_id: uuid.UUID) -> Note:
    text = get_object_or_404(StaffText, pk=note_id)
    hit_lookup_limit(by=actor_of(request), whom=str(text.subject))
    if not is_note(text=text):
        raise Http404
    examiner = get_object_or_404(Examiner, pk=text.subject, taken_back_at=None)
    note = Note(text, examiner.joined_into or examiner)
    if not _may_remove(request, text):
        raise PermissionDenied
    return note


NOTE_ACTIONS: Final[tuple[FormAction[Examiner], ...]] = (
    FormAction(
        name="add-note",
        permission=ADD,
        path="notatka",
        title=_("Add a note"),
        typed=NoteForm,
        form=lambda _examiner, _member, sent: NoteForm(sent),
        run=_add,
        notices={**NOTICES, OwnAccountError: (messages.WARNING, _OWN)},
        needs_confirmation=False,
        is_offered=lambda _examiner: True,
    ),
)
REMOVE_NOTE: Final[FormAction[Note]] = FormAction(
    name="remove-note",
    permission=ADD,
    path="usun",
    title=_("Remove the note"),
    typed=ReasonForm,
    form=lambda _note, _member, sent: ReasonForm(sent),
    run=_remove,
    notices={OwnAccountError: (messages.WARNING, _OWN)},
    context=lambda note: {"note": readable_text(note.text)},
    is_offered=lambda _note: True,
)
NOTE_PAGE: Final[SubjectPage[Note]] = SubjectPage(
    find=_find,
    url=lambda note: reverse("examiner", args=[note.examiner.id]),
    list_view="find-examiner",
    name=lambda note: note.examiner.name,
    record_view=lambda request, note: record_view(examiner=note.examiner, by=actor_of(request)),
)
