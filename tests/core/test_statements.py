import pytest

from egzaminator.core.statements import change, is_there
from egzaminator.register.models import Examiner
from tests.helpers.factories import make_examiner

pytestmark = pytest.mark.django_db


def test_a_select_finds_a_row_or_none() -> None:
    examiner = make_examiner()
    assert is_there("SELECT FROM register_examiner WHERE id = %s", [examiner.id])
    Examiner.objects.filter(pk=examiner.pk).update(surname="Nowak")
    assert not is_there("SELECT FROM register_examiner WHERE id = %s AND surname = %s", [examiner.id, "Lis"])


def test_a_change_tells_how_many_rows_it_changed() -> None:
    examiner = make_examiner()
    statement = "UPDATE register_examiner SET surname = %s WHERE id = %s"
    assert change(statement, ["Lis", examiner.id]) == 1
    assert Examiner.objects.get().surname == "Lis"
    assert change(f"{statement} AND surname = %s", ["Nowak", examiner.id, "Kos"]) == 0
