"""Imports that a staff member applied, and their undoing."""

import json
import uuid

from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.core.encryption import encrypt
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.panel.domain.undo_import import ask_to_undo, may_import, undo_import
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.browser import ask_to_apply, begin_import
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.imports.reports import ImportReport
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Decision, Examiner, Import, ImportedPerson, changes_context
from egzaminator.stored_files.domain.files import write_file
from tests.register.files import csv_file


def applied(*rows: dict[str, str], by: Account) -> Import:
    """Have a file of these rows checked and applied, and return its import."""
    actor = Actor(by.pk)
    file = write_file(owner=by.pk, purpose="import", name="lista.csv", content=[csv_file(*rows).getvalue()])
    one = begin_import(import_id=uuid.uuid4(), file=file, name="lista.csv", by=actor)
    check_import(own_rows=own_rows)
    ask_to_apply(one=one, by=actor)
    apply_import(may_apply=may_import, own_rows=own_rows)
    one.refresh_from_db()
    assert one.state == ImportState.APPLIED
    return one


def recorded(examiner: Examiner, *, by: Account, **changes: list[str]) -> Import:
    """Return an import as if it had just made a person, or changed some values of theirs from and to."""
    one = Import(uploader=by.pk, state=ImportState.APPLIED, applied_at=timezone.now(), counts={"rows": 1})
    one.report_encrypted = ImportReport(name="lista.csv").encrypted_for(one)
    one.save()
    person = ImportedPerson(source=one, examiner_id=examiner.id, is_new=not changes)
    new = {
        "entries": [{"id": entry.id, "is_new": True} for entry in examiner.entries.all()],
        "decisions": [{"id": one.id, "is_new": True} for one in Decision.objects.filter(entry__examiner=examiner)],
    }
    kept = {"entries": [], "decisions": [], **changes} if changes else new
    person.changes_encrypted = encrypt(json.dumps(kept), context=changes_context(person.id))
    person.save()
    return one


def undone(one: Import, by: Account, reason: str = "Zły plik") -> Import:
    """Undo an import for a staff member, and return it as it is then."""
    ask_to_undo(one=one, reason=reason, by=Actor(by.pk))
    undo_import()
    one.refresh_from_db()
    return one


def outcomes(one: Import) -> dict[str, str]:
    """Return what became of each person, by name."""
    people = Examiner.objects.in_bulk(one.people.values_list("examiner_id", flat=True))
    return {people[key].name: outcome for key, outcome in one.people.values_list("examiner_id", "undo_outcome")}
