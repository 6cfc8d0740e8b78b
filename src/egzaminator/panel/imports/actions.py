"""What staff do with a checked import: choose the rows apart, apply it, give it up."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egzaminator.audit.actor import actor_of
from egzaminator.panel.actions import StaffAction, SubjectPage
from egzaminator.panel.navigation import ADD_IMPORT
from egzaminator.register.domain.imports.browser import ask_to_apply, give_up, tick
from egzaminator.register.errors import ImportNotReadyError
from egzaminator.register.models import Import

# Far above the lines of any file that is read.
_LONGEST_LINE: Final = 9


def find_own(request: HttpRequest, import_id: uuid.UUID) -> Import:
    """Return an import of the staff member's own. Raise `Http404` for anybody else's, as for one that there is not."""
    return get_object_or_404(Import, pk=import_id, uploader=request.user.pk)


OWN_IMPORT: Final = SubjectPage(
    find=find_own,
    url=lambda one: reverse("import", args=[one.pk]),
    list_view="imports",
    name=lambda _one: "",
)


def mark_of(one: Import) -> str:
    """Return what a page says of the check that it shows. It is another one once the register has moved."""
    return one.checked_at.isoformat() if one.checked_at else ""


def _require_shown(request: HttpRequest, one: Import) -> None:
    """Raise `ImportNotReadyError` for a tab that was opened before the register moved: it shows other values."""
    if request.POST.get("check") != mark_of(one):
        raise ImportNotReadyError


def _apply(request: HttpRequest, one: Import, _fields: Mapping[str, Any]) -> Promise:
    _require_shown(request, one)
    ask_to_apply(one=one, by=actor_of(request))
    return _("The file is being read into the register.")


def _tick(request: HttpRequest, one: Import, _fields: Mapping[str, Any]) -> Promise:
    _require_shown(request, one)
    tick(one=one, lines=_lines(request, "line"), of=_lines(request, "shown"), by=actor_of(request))
    return _("Your choice is kept.")


def _give_up(request: HttpRequest, one: Import, _fields: Mapping[str, Any]) -> Promise:
    give_up(one=one, by=actor_of(request))
    return _("The file is given up. Nothing of it was read into the register.")


def _lines(request: HttpRequest, field: str) -> set[int]:
    return {int(line) for line in request.POST.getlist(field) if line.isdecimal() and len(line) <= _LONGEST_LINE}


_NOTICES: Final[Mapping[type[Exception], tuple[int, Promise | Callable[[Any], str]]]] = {
    ImportNotReadyError: (
        messages.WARNING,
        _("That is not possible now: something has changed meanwhile. Look at the page again."),
    )
}
APPLY: Final = StaffAction(name="apply-import", path="zastosuj", permission=ADD_IMPORT, run=_apply, notices=_NOTICES)
TICK: Final = StaffAction(
    name="tick-import", path="wybierz", permission=ADD_IMPORT, run=_tick, notices=_NOTICES, needs_confirmation=False
)
GIVE_UP: Final = StaffAction(
    name="give-up-import",
    path="zrezygnuj",
    permission=ADD_IMPORT,
    run=_give_up,
    notices=_NOTICES,
    needs_confirmation=False,
)
IMPORT_ACTIONS: Final = (APPLY, TICK, GIVE_UP)
