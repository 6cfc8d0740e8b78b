import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from egzaminator.core.encryption import UndecryptableError, encrypt
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Entry, Examiner, StrikeOffGround, new_salt, pesel_context
from tests.register.files import ANNA, JAN, csv_file
from tests.register.rows import digits_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Examiner:
    import_register(file=csv_file(ANNA))
    return Examiner.objects.get()


def test_a_pesel_opens_in_its_own_row_only(anna: Examiner) -> None:
    assert digits_of(anna) == ANNA["pesel"]
    other = Examiner(pesel_encrypted=anna.pesel_encrypted, pesel_index=anna.pesel_index)
    with pytest.raises(UndecryptableError):
        _ = other.pesel


def test_a_name_reads_as_people_say_it(anna: Examiner) -> None:
    assert anna.name == "Anna Maria Łukasik"


def test_an_examiner_is_named_by_something(anna: Examiner) -> None:
    with pytest.raises(IntegrityError, match="register_examiner_is_named"), transaction.atomic():
        Examiner.objects.create(surname="X", first_names="Y")
    with pytest.raises(IntegrityError, match="register_examiner_pesel_is_whole"), transaction.atomic():
        Examiner.objects.create(surname="X", first_names="Y", identifier_key="bp7", pesel_index=bytes(32))


def test_pesels_identifiers_and_numbers_are_unique(anna: Examiner) -> None:
    examiner_id = uuid.uuid4()
    encrypted = encrypt(ANNA["pesel"], context=pesel_context(examiner_id))
    with pytest.raises(IntegrityError, match="pesel_index"), transaction.atomic():
        Examiner.objects.create(id=examiner_id, pesel_index=anna.pesel_index, pesel_encrypted=encrypted)
    Examiner.objects.create(identifier_key="bp7")
    with pytest.raises(IntegrityError, match="register_examiner_identifier"), transaction.atomic():
        Examiner.objects.create(identifier_key="bp7")
    entry = anna.entries.get()
    with pytest.raises(IntegrityError, match="register_entry_number"), transaction.atomic():
        Entry.objects.create(examiner=anna, scope=entry.scope, number="x", number_key=entry.number_key)


def test_salts_hold_128_bits_and_differ() -> None:
    salts = {new_salt() for _ in range(100)}
    assert {len(salt) for salt in salts} == {22}
    assert len(salts) == 100
    assert not any("$" in salt for salt in salts)


def test_examiners_are_ordered_as_a_polish_index_whatever_the_servers_collation(anna: Examiner) -> None:
    names = ["Cichy", "Czaja", "Ćwik", "Lis", "Lis-Mazur", "Lisak", "Łukasik", "Mazur", "Zych", "Źrebiec", "Żak"]
    rows = [
        JAN | {"pesel": "", "identyfikator": f"BP {n}", "nazwisko": name, "numer_ewidencyjny": f"X/{n}"}
        for n, name in enumerate(names)
    ]
    import_register(file=csv_file(*reversed(rows)))
    people = Examiner.objects.exclude(identifier="")
    assert list(people.order_by("sort_key").values_list("surname", flat=True)) == names
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_name LIKE 'register\\_%%' "
            "AND column_name IN ('sort_key', 'search_key', 'number_key', 'identifier_key')"
        )
        assert cursor.fetchall() == [("C",)]


def test_the_grounds_of_a_strike_off_are_a_list_of_rows() -> None:
    """The migration makes it; the board changes it in the panel."""
    assert list(StrikeOffGround.objects.order_by("id").values_list("text", "is_retired")) == [
        ("na wniosek egzaminatora", False),
        ("nieobecność na szkoleniu lub niewykonanie przydzielonych zadań", False),
        ("naruszenie przepisów o przeprowadzaniu egzaminów", False),
        ("utrata warunków wymaganych do wpisu", False),
        ("wpis dokonany z naruszeniem prawa", False),
    ]
