import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from egzaminator.register.domain.examiners import examiners_numbered, find_examiner, pesel_index
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Examiner
from tests.register.files import ANNA, JAN, csv_file
from tests.register.rows import found

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> None:
    import_register(file=csv_file(ANNA, JAN | {"pesel": "", "identyfikator": "BP 7/Ł"}))


@pytest.mark.parametrize("name", ["44051401359", " 440514-01359\n", "4 4051401359"])
def test_by_pesel_as_typed(people: None, name: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert found(name).surname == "Łukasik"


@pytest.mark.parametrize("name", ["BP 7/Ł", "bp7/ł", " BP7/Ł\n"])
def test_by_identifier_as_typed(people: None, name: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert found(name).surname == "Żak"


@pytest.mark.parametrize("name", ["", " ", "80071610614", "44051401358", "x", "\0", "\ud800", "BP 7/Ł\0", "x" * 10_000])
def test_nobody_by_one_query_all_the_same(
    people: None, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert find_examiner(name=name) is None


@pytest.mark.parametrize("number", ["MBI/1/2019", " mbi / 1/2019\n"])
def test_by_registration_number_as_typed(
    people: None, number: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert examiners_numbered(number=number).get().surname == "Łukasik"


@pytest.mark.parametrize("number", ["", "44051401359", "BP 7/Ł", "\0", "\ud800"])
def test_nobody_by_what_is_no_number(people: None, number: str) -> None:
    assert examiners_numbered(number=number).first() is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(name=st.text())
@example("ﷺ")
def test_no_text_breaks_it(people: None, name: str) -> None:
    assert find_examiner(name=name) is None


def test_the_index_needs_the_key(settings: Settings) -> None:
    import_register(file=csv_file(ANNA))
    anna = Examiner.objects.get()
    assert anna.pesel is not None
    assert anna.pesel_index is not None
    assert bytes(anna.pesel_index) == pesel_index(anna.pesel)
    settings.BLIND_INDEX_KEY = bytes(32)
    assert find_examiner(name=ANNA["pesel"]) is None
