"""Imports that were applied, and their undoing."""

import json
import uuid
from typing import Any

from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.core.encryption import encrypt
from egzaminator.panel.domain.undo_import import ask_to_undo, undo_import
from egzaminator.register.domain.import_reports import ImportReport
from egzaminator.register.enums import ImportState
from egzaminator.register.models import Decision, Entry, Examiner, Import, ImportedPerson, Scope, changes_context
from tests.register.importing import read


def applied(*rows: dict[str, str], by: Account) -> Import:
    """Apply a file of these rows for a staff member, and return its import."""
    people, entries, decisions, scopes = _now()
    read(*rows)
    now_people, now_entries, now_decisions, now_scopes = _now()
    one = Import(uploader=by.pk, state=ImportState.APPLIED, applied_at=timezone.now(), counts={"rows": len(rows)})
    report = ImportReport(name="lista.xlsx", new_scopes=[code for code in now_scopes if code not in scopes])
    one.report_encrypted = report.encrypted_for(one)
    one.save()
    for key, values in now_people.items():
        changes: dict[str, Any] = {}
        before = people.get(key)
        for name in ("surname", "first_names", "email"):
            if before and before[name] != values[name]:
                changes[name] = [before[name], values[name]]
        if before and "email" in changes:
            since, staff = before["email_since"], before["email_by"]
            changes |= {"email_since": since and since.isoformat(), "email_by": staff and str(staff)}
        changes["entries"] = list(_changed(entries, {k: v for k, v in now_entries.items() if v["of"] == key}))
        changes["decisions"] = list(_changed(decisions, {k: v for k, v in now_decisions.items() if v["of"] == key}))
        if changes == {"entries": [], "decisions": []} and before:
            continue
        person = ImportedPerson(source=one, examiner_id=key, is_new=before is None)
        person.changes_encrypted = encrypt(json.dumps(changes), context=changes_context(person.id))
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


def _now() -> tuple[dict[uuid.UUID, Any], dict[int, Any], dict[int, Any], list[str]]:
    people = {one.pk: vars(one) for one in Examiner.objects.all()}
    entries = {
        one.pk: {"of": one.examiner_id, "number": one.number, "scope": one.scope_id} for one in Entry.objects.all()
    }
    decisions = {
        one.pk: {"of": one.entry.examiner_id, "decided_on": one.decided_on.isoformat()}
        for one in Decision.objects.select_related("entry")
    }
    return people, entries, decisions, list(Scope.objects.values_list("code", flat=True))


def _changed(before: dict[int, Any], now: dict[int, Any]) -> Any:
    for key, values in now.items():
        if key not in before:
            yield {"id": key, "is_new": True}
        elif changed := {
            name: [before[key][name], value] for name, value in values.items() if before[key][name] != value
        }:
            yield {"id": key, "is_new": False} | changed
