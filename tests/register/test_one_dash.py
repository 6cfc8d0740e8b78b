import datetime
import importlib

import pytest
from django.apps import apps

from egzaminator.core.text import compact, fold, sort_key
from egzaminator.register.domain.imports import import_register
from egzaminator.register.models import Decision, Entry, Examiner
from tests.register.files import ANNA, JAN, csv_file
from tests.register.rows import everything, found

pytestmark = pytest.mark.django_db
settle = importlib.import_module("egzaminator.register.migrations.0005_one_dash").settle


@pytest.fixture
def _register() -> None:
    import_register(file=csv_file(ANNA, JAN | {"pesel": "", "identyfikator": "BP-7", "nazwisko": "O'Hara"}))


@pytest.mark.usefixtures("_register")
def test_keys_of_old_are_those_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    Entry.objects.filter(number="MBI/1/2019").update(number="1–01234", number_key="1–01234")
    Examiner.objects.filter(surname="O'Hara").update(
        surname="O’Hara", identifier="BP−7", identifier_key="bp−7", sort_key="x", search_key="o’hara jan"
    )
    Decision.objects.filter(reference="OKE-4410-1/19").update(reference="OKE–4410–1/19")
    settle(apps, None)
    jan = found("bp-7")
    assert (jan.search_key, jan.sort_key) == (fold("O'Hara Jan"), sort_key("O'Hara", "Jan"))
    assert Entry.objects.get(number_key="1-01234").number == "1–01234"
    assert set(Decision.objects.values_list("reference", flat=True)) == {"OKE-4410-1/19", "OKE-4410-2/19"}
    assert capsys.readouterr().out == ""
    settled = everything()
    settle(apps, None)
    assert everything() == settled


@pytest.mark.usefixtures("_register")
def test_two_entries_with_one_number_are_named_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = Entry.objects.order_by("id")
    third = Entry.objects.create(
        examiner=first.examiner, scope=first.scope, number="1‑01234", number_key="1‑01234", entered_on=None
    )
    Entry.objects.filter(pk=first.pk).update(number="1-01234", number_key="1-01234")
    Entry.objects.filter(pk=second.pk).update(number="1–01234", number_key="1–01234")
    settle(apps, None)
    assert dict(Entry.objects.values_list("pk", "number_key")) == {
        first.pk: "1-01234",
        second.pk: "1–01234",
        third.pk: "1‑01234",
    }
    said = capsys.readouterr().out
    assert "Entries whose number differs by the kind of dash alone: " in said
    assert {int(pk) for pk in said.rpartition(": ")[2].split(", ")} == {first.pk, second.pk, third.pk}
    assert "01234" not in said
    assert compact(Entry.objects.get(pk=second.pk).number) == "1-01234"


@pytest.mark.usefixtures("_register")
def test_a_decision_that_would_be_there_twice_stays() -> None:
    entry = Entry.objects.get(number="MBI/1/2019")
    Decision.objects.create(entry=entry, kind="entry", reference="OKE–4410–1/19", decided_on=datetime.date(2019, 3, 1))
    settle(apps, None)
    assert set(entry.decisions.values_list("reference", flat=True)) == {"OKE-4410-1/19", "OKE–4410–1/19"}
