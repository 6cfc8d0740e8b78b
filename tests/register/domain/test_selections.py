import datetime
import uuid

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from egzaminator.core.encryption import UndecryptableError
from egzaminator.panel.domain.list_keys import refresh_list_keys
from egzaminator.panel.tasks import delete_selections
from egzaminator.register.domain.selections import (
    count_of,
    delete_unnamed,
    examiners_of,
    find_selection,
    list_named,
    rename,
    select,
)
from egzaminator.register.models import Selection
from egzaminator.register.terms import Terms
from tests.helpers.factories import PESELS, make_account, make_examiner

pytestmark = pytest.mark.django_db
EWA, JAN = uuid.UUID(int=1), uuid.UUID(int=2)
TERMS = Terms(search="Żak", account="none", scope=3)


def test_what_is_searched_for_is_stored_encrypted_and_bound_to_its_row() -> None:
    selection = select(terms=TERMS, maker=EWA)
    selection.refresh_from_db()
    assert selection.terms == TERMS
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(register_selection)::text FROM register_selection")
        ((stored,),) = cursor.fetchall()
    assert "none" not in stored
    other = select(terms=Terms(), maker=EWA)
    Selection.objects.filter(pk=other.pk).update(terms_encrypted=bytes(selection.terms_encrypted))
    other.refresh_from_db()
    with pytest.raises(UndecryptableError):
        _ = other.terms


def test_the_same_terms_are_the_same_selection_of_their_maker_for_another_day() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = select(terms=TERMS, maker=EWA)
        select(terms=Terms(), maker=EWA)
        clock.shift(datetime.timedelta(hours=20))
        assert select(terms=TERMS, maker=EWA) == first
        assert select(terms=TERMS, maker=JAN) != first
        clock.shift(datetime.timedelta(hours=20))
        assert delete_unnamed() == 1
        assert {one.maker: one.terms for one in Selection.objects.all()} == {EWA: TERMS, JAN: TERMS}


def test_a_named_selection_is_not_changed_by_the_same_search() -> None:
    named = select(terms=TERMS, maker=EWA)
    rename(selection=named, name="Matematyka, bez konta")
    again = select(terms=TERMS, maker=EWA)
    assert again != named
    assert list(list_named()) == [named]


def test_a_selection_that_was_deleted_meanwhile_stays_deleted() -> None:
    selection = select(terms=TERMS, maker=EWA)
    Selection.objects.all().delete()
    rename(selection=selection, name="Matematyka, bez konta")
    assert Selection.objects.count() == 0


def test_a_selection_that_cannot_be_read_does_not_bar_the_next() -> None:
    spoilt = select(terms=TERMS, maker=EWA)
    Selection.objects.filter(pk=spoilt.pk).update(terms_encrypted=b"\x01broken")
    assert select(terms=TERMS, maker=EWA) != spoilt


def test_only_its_maker_finds_an_unnamed_selection() -> None:
    selection = select(terms=TERMS, maker=EWA)
    assert find_selection(selection_id=selection.id, reader=EWA) == selection
    assert find_selection(selection_id=selection.id, reader=JAN) is None
    rename(selection=selection, name="Ż")
    assert find_selection(selection_id=selection.id, reader=JAN) == selection
    assert find_selection(selection_id=uuid.uuid4(), reader=EWA) is None


def test_unnamed_selections_are_gone_after_a_day(caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        select(terms=TERMS, maker=EWA)
        named = select(terms=Terms(), maker=EWA)
        rename(selection=named, name="Wszyscy")
        clock.shift(datetime.timedelta(hours=24, seconds=-1))
        delete_selections(0)
        assert Selection.objects.count() == 2
        clock.shift(datetime.timedelta(seconds=1))
        delete_selections(0)
    assert list(Selection.objects.all()) == [named]
    assert [record.getMessage() for record in caplog.records] == ["Retention deleted 1 selections"]


def test_the_examiners_of_a_selection_are_those_who_match_when_it_is_used() -> None:
    zak = make_examiner(numbers=("A-1",), surname="Żak")
    anna = make_examiner(pesel=PESELS[1], numbers=("A-2",), surname="Ćwik")
    refresh_list_keys()
    selection = select(terms=Terms(account="none"), maker=EWA)
    assert (list(examiners_of(selection)), count_of(selection)) == ([anna, zak], 2)
    make_account(anna)
    refresh_list_keys()
    assert (list(examiners_of(selection)), count_of(selection)) == ([zak], 1)
    everybody = select(terms=Terms(), maker=EWA)
    assert (list(examiners_of(everybody)), count_of(everybody)) == ([anna, zak], 2)
