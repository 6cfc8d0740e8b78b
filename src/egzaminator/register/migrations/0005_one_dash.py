"""Recompute the keys of numbers, identifiers and names in today's normal form.

That form has one kind of dash, one kind of apostrophe, and no invisible characters.
"""

from typing import Any

from django.db import migrations

from egzaminator.kernel.text import compact, plain
from egzaminator.register.domain.name_keys import name_keys

_ROWS_AT_ONCE = 2000


def settle(apps: Any, schema_editor: object) -> None:
    """Recompute the keys. If two rows would now have the same key, print their ids and let them keep their old keys."""
    examiners = apps.get_model("register", "Examiner").objects
    entries = apps.get_model("register", "Entry").objects
    _settle_keys(entries, "number", "number_key", "Entries")
    _settle_keys(examiners.exclude(identifier_key=None), "identifier", "identifier_key", "Examiners")
    _settle_names(examiners)
    _settle_references(apps.get_model("register", "Decision").objects)


def _settle_keys(rows: Any, name: str, key_name: str, what: str) -> None:
    # A key already in the normal form does not change. So a changed key can collide only with such a key or with
    # another changed key.
    changed: dict[str, list[Any]] = {}
    for pk, text, key in rows.values_list("pk", name, key_name).iterator(_ROWS_AT_ONCE):
        if compact(text) != key:
            changed.setdefault(compact(text), []).append(pk)
    order = list(changed)
    for start in range(0, len(order), _ROWS_AT_ONCE):
        keys = order[start : start + _ROWS_AT_ONCE]
        taken = dict(rows.filter(**{f"{key_name}__in": keys}).values_list(key_name, "pk"))
        for key in keys:
            alike = [taken[key], *changed[key]] if key in taken else changed[key]
            if key not in taken:
                rows.filter(pk=alike[0]).update(**{key_name: key})
            if len(alike) > 1:
                ids = ", ".join(map(str, alike))
                # The administrator sees this line beside the migration's name. It has ids only: the numbers must not
                # reach a log.
                print(f"\n    {what} whose {name} differs by the kind of dash alone: {ids}", end="")  # noqa: T201


def _settle_names(examiners: Any) -> None:
    changed = []
    for row in examiners.only("surname", "first_names", "sort_key", "search_key").iterator(_ROWS_AT_ONCE):
        keys = name_keys(surname=row.surname, first_names=row.first_names)
        if keys != (row.sort_key, row.search_key):
            row.sort_key, row.search_key = keys
            changed.append(row)
    examiners.bulk_update(changed, ["sort_key", "search_key"], batch_size=_ROWS_AT_ONCE)


def _settle_references(decisions: Any) -> None:
    # A decision that would become a duplicate keeps its reference. A later register file with this decision matches the
    # other row.
    for row in decisions.only("entry_id", "kind", "reference").iterator(_ROWS_AT_ONCE):
        reference = plain(row.reference)
        if reference != row.reference and not _is_known(decisions, row, reference):
            decisions.filter(pk=row.pk).update(reference=reference)


def _is_known(decisions: Any, row: Any, reference: str) -> bool:
    known: bool = decisions.filter(entry_id=row.entry_id, kind=row.kind, reference=reference).exists()
    return known


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0004_death_is_whole"),
    ]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop, elidable=True)]
