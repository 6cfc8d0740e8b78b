import pytest
from django.db import connection

from egzaminator.audit.models import Event
from egzaminator.core.model_columns import ModelColumns
from egzaminator.register.models import Entry, Examiner
from tests.helpers.factories import make_examiner

pytestmark = pytest.mark.django_db


def test_a_row_makes_the_instances_of_its_models() -> None:
    examiner = make_examiner(numbers=("A-1",))
    people, entries = ModelColumns(Examiner), ModelColumns(Entry, "id", "number")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {people.sql}, {entries.sql} FROM register_examiner "  # noqa: S608 -- columns of the models
            "LEFT JOIN register_entry ON register_entry.examiner_id = register_examiner.id"
        )
        values = iter(cursor.fetchone())
    person, entry = people.take(values), entries.take(values)
    assert entry is not None
    assert person == examiner
    assert vars(person) | {"_state": None} == vars(Examiner.objects.get()) | {"_state": None}
    assert entry.get_deferred_fields() == {"examiner_id", "scope_id", "number_key", "state", "entered_on"}
    assert (entry.number, entry.number_key) == ("A-1", "a-1")  # the second is read when it is used


def test_an_outer_join_without_a_row_makes_none() -> None:
    values = iter([None, None, "next"])
    assert ModelColumns(Entry, "id", "number").take(values) is None
    assert next(values) == "next"


def test_values_that_django_converts_are_refused() -> None:
    with pytest.raises(TypeError, match="Event has values that Django converts"):
        ModelColumns(Event)
