"""Staff change a record while a colleague does, or while its owner activates or logs in for the first time.

Each time in two processes, the second one whole between any two statements of the first, and the other way round.
"""

import base64
import datetime
from collections.abc import Callable

import pytest

from egzaminator.accounts.models import Account
from egzaminator.core.pesel import Pesel
from egzaminator.login.domain.candidates import find_candidates
from egzaminator.onboarding.models import Claim
from egzaminator.records.domain.joining import show_both
from egzaminator.records.domain.shown import NAMES, show_entry, show_person
from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Entry, Examiner, FormerValue
from tests.core.pesels import pesel_of
from tests.faults import record_races
from tests.helpers.factories import make_claim, make_examiner
from tests.helpers.interleaving import Given, UseCase, interleave
from tests.records.editing import decided_entry

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
# More than any of the use cases has statements.
CASES = 45


def person(index: int, *, is_other: bool = False) -> Examiner:
    """Make a person with an entry, known by an identifier."""
    name = f"{'Y' if is_other else 'X'}{index}"
    examiner = make_examiner(pesel=None, numbers=(), identifier=name, identifier_key=name.lower())
    decided_entry(examiner, f"{name}/1")
    return examiner


def both_ways(
    one: UseCase, other: UseCase, given: Callable[[int], tuple[Given, Given]], *, cases: int = CASES
) -> list[tuple[int, tuple[str, str]]]:
    """Interleave two use cases for new people, each in turn as the one that is stopped.

    Return the number of each person, with what was raised. `cases` is more than a use case has statements.
    """
    pairs = [given(index) for index in range(2 * cases)]
    raised = interleave(one, other, pairs[:cases])
    turned = interleave(other, one, [(second, first) for first, second in pairs[cases:]])
    assert (len(raised), len(turned)) >= (10, 10)
    both = raised + [(second, first) for first, second in turned]
    return [*enumerate(raised), *enumerate(both[len(raised) :], cases)]


def test_of_two_officers_one_corrects_and_the_other_is_told() -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        common = {"examiner": str(examiner.id), "shown": dict(show_person(examiner, NAMES))}
        return {**common, "surname": "Lis"}, {**common, "surname": "Żak"}

    for index, raised in both_ways(record_races.correct_names, record_races.correct_names, given):
        assert sorted(raised) == ["", "ChangedMeanwhileError"]
        examiner = Examiner.objects.get(identifier=f"X{index}")
        assert examiner.surname == ("Żak" if raised[0] else "Lis")
        assert list(examiner.former_values.values_list("field", flat=True).order_by("field")) == [
            "first_names",
            "surname",
        ]


@pytest.mark.parametrize("is_first_login", [False, True])
def test_a_pesel_corrected_while_the_owner_comes_in_is_the_one_that_logs_in(*, is_first_login: bool) -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        shown = dict(show_person(examiner, [RegisterField.PESEL]))
        correction = {"examiner": str(examiner.id), "pesel": pesel(index), "shown": shown}
        if is_first_login:
            return correction, {"examiner": str(examiner.id)}
        claim = make_claim(examiner, email=f"x{index}@example.org")
        return correction, {"claim": str(claim.id), "token": record_races.token_for(claim)}

    def pesel(index: int) -> str:
        return pesel_of(datetime.date(1980, 7, 16), index)

    owner = record_races.save if is_first_login else record_races.activate
    for index, raised in both_ways(record_races.correct_pesel, owner, given):
        assert raised == ("", "")
        candidates = find_candidates(name=pesel(index))
        assert candidates.examiner == Examiner.objects.get(identifier=f"X{index}")
        assert candidates.examiner.pesel == Pesel(pesel(index))
        assert len(candidates.claims) == 1 if is_first_login else candidates.account is not None


def test_a_strike_off_and_an_activation_at_once_leave_no_account_without_an_entry_before_it() -> None:
    def given(index: int) -> tuple[Given, Given]:
        examiner = person(index)
        entry = examiner.entries.get()
        claim = make_claim(examiner, email=f"x{index}@example.org")
        activation = {"claim": str(claim.id), "token": record_races.token_for(claim)}
        return {"entry": entry.id, "shown": dict(show_entry(entry))}, activation

    outcomes = set()
    for index, raised in both_ways(record_races.strike_off, record_races.activate, given):
        outcomes.add(raised)
        examiner = Examiner.objects.get(identifier=f"X{index}")
        assert Entry.objects.get(examiner=examiner).state == "struck-off"
        assert Account.objects.filter(examiner=examiner).exists() is (raised[1] == "")
    assert outcomes == {("", ""), ("", "EntryEndedError")}


def test_records_joined_while_the_owner_activates_end_in_one_record_with_the_account() -> None:
    def given(index: int) -> tuple[Given, Given]:
        kept, other = person(index), person(index, is_other=True)
        claim = make_claim(other, email=f"y{index}@example.org")
        joining = {"kept": str(kept.id), "other": str(other.id), "shown": dict(show_both(kept, other))}
        return joining, {"claim": str(claim.id), "token": record_races.token_for(claim)}

    for index, raised in both_ways(record_races.join, record_races.activate, given):
        assert raised == ("", "")
        kept = find_examiner(name=f"X{index}")
        account = Account.objects.get(examiner=kept)
        claim = Claim.objects.get(examiner=kept)
        assert (account.email, claim.outcome) == (f"y{index}@example.org", "activated")
        assert kept is not None
        assert kept.entries.count() == 2
        assert FormerValue.objects.filter(examiner=kept, identifier_key=f"y{index}").count() == 1
        # The password of the account has the salt of the record that it stands under.
        assert base64.b64encode(kept.password_salt.encode()).decode().rstrip("=") in account.password
