"""The list of scopes: those that the board added, and those that came in register files and wait for a kind."""

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.core.paging import Page, page_after, row_at
from egzaminator.core.text import compact
from egzaminator.register.domain.imports.command import holds_off_imports
from egzaminator.register.domain.versions import version_of
from egzaminator.register.errors import ChangedMeanwhileError, ImportRunsError, ScopeExistsError
from egzaminator.register.models import Scope

PAGE_SIZE: Final = 100
WITHOUT_KIND: Final = "without"
RETIRED: Final = "retired"


# What staff may change of a scope. Registers are matched by its code.
FIELDS: Final = ("name", "exam_kind", "is_retired")


def list_scopes(*, shown: str = "", after: int | None = None) -> Page[Scope]:
    """Return a page of the scopes by code: all, those `WITHOUT_KIND`, those `RETIRED`, or those of an exam kind.

    `after` is the last scope of the page before.
    """
    return page_after(row_at(Scope.objects.all(), after), _shown(shown), by="code", size=PAGE_SIZE)


def count_without_kind() -> int:
    """Return how many scopes wait for a kind."""
    return _shown(WITHOUT_KIND).count()


def _shown(shown: str) -> QuerySet[Scope]:
    if shown == WITHOUT_KIND:
        return Scope.objects.filter(exam_kind="")
    if shown == RETIRED:
        return Scope.objects.filter(is_retired=True)
    return Scope.objects.filter(exam_kind=shown) if shown else Scope.objects.all()


def add_scope(*, code: str, name: str, exam_kind: str, by: Actor) -> Scope:
    """Add a scope. Raise `ScopeExistsError` if one has this code, however it is written; `ImportRunsError`."""
    try:
        with transaction.atomic():
            if not holds_off_imports():
                raise ImportRunsError
            if compact(code) in {compact(known) for known in Scope.objects.values_list("code", flat=True)}:
                raise ScopeExistsError
            scope = Scope.objects.create(code=code, name=name, exam_kind=exam_kind)
            record_event(tag=Tag.SCOPE_ADDED, by=by, details={"code": code})
    except IntegrityError:  # somebody else has just added it
        raise ScopeExistsError from None
    return scope


def change_scope(*, scope: Scope, seen: str, wanted: Mapping[str, str | bool], by: Actor) -> bool:
    """Change the `FIELDS` of a scope, and record which of them. Return False if nothing changed.

    `seen` is the version that its editor started from. Raise `ChangedMeanwhileError` if there is another one by now.
    """
    with transaction.atomic():
        present = Scope.objects.select_for_update(no_key=True).get(pk=scope.pk)
        if version_of(present, FIELDS) != seen:
            raise ChangedMeanwhileError
        fields = [name for name in FIELDS if getattr(present, name) != wanted[name]]
        if not fields:
            return False
        for name in fields:
            setattr(present, name, wanted[name])
        present.save(update_fields=fields)
        record_event(tag=Tag.SCOPE_CHANGED, by=by, details={"code": present.code, "fields": fields})
    return True
