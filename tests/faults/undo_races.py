"""What the processes of `test_undo_at_once.py` do."""

import uuid

from egzaminator.audit.actor import Actor
from egzaminator.onboarding.domain.claims import save_claim
from egzaminator.onboarding.domain.grant import open_grant
from egzaminator.panel.domain.undo_import import ask_to_undo, undo_import
from egzaminator.register.models import Examiner, Import
from tests.helpers.factories import filled_form
from tests.register.importing import read


def undo(*, one: str, by: str) -> None:
    """Ask for the undoing of an import, and do what the worker does then."""
    ask(one=one, by=by)
    undo_import()


def ask(*, one: str, by: str) -> None:
    ask_to_undo(one=Import.objects.get(pk=one), reason="Zły plik", by=Actor(uuid.UUID(by)))


def work() -> None:
    """Do what a worker does whose job was taken for dead, or comes late."""
    undo_import()


def save(*, examiner: str, entry: int) -> None:
    """Fill in the form of a first login that was accepted before."""
    grant = open_grant(examiner_id=uuid.UUID(examiner), entry_id=entry)
    form = filled_form(Examiner.objects.get(pk=examiner), email=f"{examiner[:8]}@example.org")
    save_claim(grant=grant, form=form)


def read_file(*, row: dict[str, str]) -> None:
    read(row)
