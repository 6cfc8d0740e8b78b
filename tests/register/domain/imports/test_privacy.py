"""An import keeps nothing personal where it need not be."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.encryption import decrypt
from egzaminator.register.models import Decision, Entry, Examiner, Import, pesel_context
from tests.register.files import ANNA, JAN
from tests.register.importing import read

pytestmark = pytest.mark.django_db


def test_the_import_is_recorded_without_anything_personal() -> None:
    read(ANNA, JAN | {"email": "jan@example.pl"})
    event = Event.objects.get()
    assert event.tag == Tag.REGISTER_IMPORTED
    assert event.details == {
        "import": str(Import.objects.get().pk),
        "rows": 2,
        "new_scopes": 2,
        "new_examiners": 2,
        "changed_examiners": 0,
        "new_entries": 2,
        "changed_entries": 0,
        "new_decisions": 2,
        "changed_decisions": 0,
        "struck_off": 0,
        "restored": 0,
    }


def test_the_pesel_is_bound_to_its_examiner_whose_id_says_nothing() -> None:
    read(ANNA)
    first = Examiner.objects.get()
    assert first.id.version == 4
    assert first.pesel_encrypted is not None
    assert first.pesel_index is not None
    assert decrypt(first.pesel_encrypted, context=pesel_context(first.id)) == ANNA["pesel"]
    Decision.objects.all().delete()
    Entry.objects.all().delete()
    Examiner.objects.all().delete()
    read(ANNA)
    assert Examiner.objects.get().id not in {first.id, uuid.UUID(bytes=bytes(first.pesel_index)[:16], version=4)}


def test_no_pesel_is_sent_to_the_database_in_clear() -> None:
    with connection.execute_wrapper(_refuse_pesels):
        read(ANNA, JAN)


def _refuse_pesels(
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,  # noqa: FBT001 -- Django's own signature
    context: dict[str, object],
) -> object:
    assert ANNA["pesel"] not in f"{sql} {params}"
    return execute(sql, params, many, context)
