"""Every model, field and file is in the inventory of personal data, and what it says of each is true.

A new model, or a new field, fails here until it is classified in `panel/protection/inventory.py`.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

import egzaminator
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.models import Account
from egzaminator.audit.retention_rules import BOUNCE_REPORTS, CACHE_ENTRIES, FINISHED_JOBS, RULES, RUNS, TAKEN_BACK
from egzaminator.core.encrypted_fields import BlindIndexField, EncryptedField
from egzaminator.data_export.domain.export import disclose
from egzaminator.data_export.labels import SECTIONS
from egzaminator.key_rotation.domain.columns import encrypted_columns, indexed_columns
from egzaminator.panel.protection.inventory import INVENTORY, NOT_ROTATED, Held, Nobodys
from egzaminator.panel.protection.inventory_others import FILE_FIELDS, FILE_WRITERS, LIBRARY_MODELS
from tests.helpers.factories import examiner_of
from tests.helpers.whole_person import whole_person
from tests.records.editing import decided_entry

HELD = {label: held for label, held in INVENTORY.items() if isinstance(held, Held)}
SOURCE = Path(egzaminator.__file__).parent
_WRITES = re.compile(
    r"""\.write_text\(|\.write_bytes\(|\bopen\([^)]*["'][wax]b?\+?["']|TemporaryFile\(|\bmkstemp\(|\bmkdtemp\("""
    r"""|TemporaryDirectory\(|\bwrite_file\(|\bfdopen\(.*"wb"\)"""
)


def options(model: type[models.Model]) -> Any:
    return model._meta  # noqa: SLF001 -- public, by Django


def our_models() -> dict[str, type[models.Model]]:
    """Return the models of the program itself, by label. The pages' have the names of Wagtail's fields in them."""
    return {
        options(model).label: model
        for model in apps.get_models()
        if model.__module__.startswith("egzaminator.") and not model.__module__.startswith("egzaminator.cms.")
    }


def fields_of(model: type[models.Model]) -> list[str]:
    return [field.name for field in (*options(model).concrete_fields, *options(model).local_many_to_many)]


def classified(known: Held | Nobodys) -> list[str]:
    if isinstance(known, Nobodys):
        return known.fields.split()
    shown = [name.partition("=")[0] for name in known.shown.split()]
    return [*shown, *(name for names in known.left_out.values() for name in names.split())]


def test_every_model_is_classified() -> None:
    ours = our_models().keys()
    assert ours == INVENTORY.keys()
    assert {options(model).label for model in apps.get_models()} - ours == LIBRARY_MODELS.keys()
    assert len(ours) >= 33


@pytest.mark.parametrize("label", sorted(INVENTORY))
def test_every_field_is_classified_once(label: str) -> None:
    declared = Counter(classified(INVENTORY[label]))
    assert declared == Counter(fields_of(our_models()[label]))


def test_whatever_is_left_out_has_a_reason() -> None:
    for label, held in HELD.items():
        assert all(held.left_out), label
        assert bool(held.section) != bool(held.unseen), label
        assert bool(held.shown) == bool(held.section), label
        assert bool(held.rules) != bool(held.period), label
    assert all(known.why for known in INVENTORY.values() if isinstance(known, Nobodys))
    assert all([*LIBRARY_MODELS.values(), *FILE_FIELDS.values(), *FILE_WRITERS.values(), *NOT_ROTATED.values()])


@pytest.mark.django_db
@pytest.mark.slow
def test_what_is_said_to_be_shown_is_shown() -> None:
    account = whole_person(keep_forms=True)
    examiner = examiner_of(account)
    decided_entry(examiner, "A/9")
    data = disclose(account=account, examiner=examiner)
    sections = {name for name, rows in data.items() if isinstance(rows, list)}
    assert sections == {held.section for held in HELD.values() if held.section} | {"second_factors"} == SECTIONS.keys()
    for label, held in HELD.items():
        keys = {name.partition("=")[2] or name for name in held.shown.split()}
        # Of a form or an e-mail that may be somebody else's, less is shown: the keys of all rows count together.
        found = {key for row in data.get(held.section, []) for key in row}
        assert keys <= found, label


@pytest.mark.django_db
@pytest.mark.slow
def test_what_is_said_to_go_with_the_account_goes_and_the_rest_stays() -> None:
    account = whole_person(keep_forms=True)
    decided_entry(examiner_of(account), "A/9")
    managers = {label: options(our_models()[label]).default_manager for label in HELD}
    goes = {label for label, held in HELD.items() if not held.stays}
    stays = {label for label, held in HELD.items() if held.stays and held.section}
    assert {label for label in goes | stays if not managers[label].exists()} == set()
    delete_account(account=account, reason="struck-off")
    # Accounts of the staff who helped are still there.
    assert {label for label in goes if managers[label].exists()} == {"accounts.Account"}
    assert not Account.objects.filter(examiner__isnull=False).exists()
    assert {label for label in stays if not managers[label].exists()} == set()


def test_every_rule_is_for_something_that_is_held_and_stands_on_the_screen() -> None:
    used = {rule.name for held in HELD.values() for rule in held.rules}
    of_nobodys = {RUNS.name, CACHE_ENTRIES.name, FINISHED_JOBS.name}
    # Reports stand in a mailbox; of the register's people, only those are deleted whom an undone import had made.
    beside = {BOUNCE_REPORTS.name, TAKEN_BACK.name}
    assert used | of_nobodys | beside == {rule.name for rule in RULES}
    assert not used & of_nobodys


def test_every_encrypted_column_is_rotated_and_every_other_binary_one_has_a_reason_why_not() -> None:
    binary = {
        f"{label}.{field.name}": field
        for label, model in our_models().items()
        for field in options(model).concrete_fields
        if isinstance(field, models.BinaryField)
    }
    left = {name for name, field in binary.items() if not isinstance(field, EncryptedField | BlindIndexField)}
    assert left == NOT_ROTATED.keys()
    encrypted = [field for field in binary.values() if isinstance(field, EncryptedField)]
    assert len(encrypted_columns()) == len(encrypted) >= 9
    assert {column.field for column in encrypted_columns()} == set(encrypted)
    assert len(indexed_columns()) == len([field for field in binary.values() if isinstance(field, BlindIndexField)])
    named = {
        f"{label}.{field.name}"
        for label, model in our_models().items()
        for field in options(model).concrete_fields
        if "encrypted" in field.name and not isinstance(field, EncryptedField)
    }
    assert named == set()


def test_every_file_is_classified() -> None:
    in_fields = {
        f"{options(model).label}.{field.name}"
        for model in apps.get_models()
        for field in options(model).concrete_fields
        if isinstance(field, models.FileField)
    }
    assert in_fields == FILE_FIELDS.keys()
    writers = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if _WRITES.search(path.read_text())}
    assert writers == FILE_WRITERS.keys()
