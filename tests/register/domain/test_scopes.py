"""How many entries a scope has, whoever adds, moves or removes them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.domain.scopes import list_scopes
from egzaminator.register.models import Decision, Entry, Scope
from tests.helpers.factories import make_examiner
from tests.register.files import ANNA, JAN, csv_file

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return dict(Scope.objects.values_list("code", "entry_count"))


def test_the_count_follows_the_entries() -> None:
    make_examiner(numbers=("A-1", "A-2"))
    assert counts() == {"MBI": 2}
    other = Scope.objects.create(code="MCH")
    Entry.objects.filter(number="A-2").update(scope=other)
    assert counts() == {"MBI": 1, "MCH": 1}
    Entry.objects.update(state="struck-off")
    assert counts() == {"MBI": 1, "MCH": 1}
    Entry.objects.filter(number="A-1").delete()
    assert counts() == {"MBI": 0, "MCH": 1}


def test_an_import_counts_too_and_not_twice() -> None:
    for _ in range(2):
        import_register(file=csv_file(ANNA, JAN))
    assert (
        counts()
        == {scope.code: Entry.objects.filter(scope=scope).count() for scope in Scope.objects.all()}
        == {"MBI": 1, "MCH": 1}
    )
    Decision.objects.all().delete()
    Entry.objects.all().delete()
    assert set(counts().values()) == {0}


def test_the_list_reads_no_entries() -> None:
    make_examiner(numbers=("A-1",))
    with CaptureQueriesContext(connection) as captured:
        list_scopes()
    assert [query["sql"] for query in captured if "register_entry" in query["sql"]] == []
