import pytest

from egzaminator.accounts.domain.history import list_history
from egzaminator.accounts.domain.personal_data import about_person
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import AccountOpened, ClaimOpened, log_in
from egzaminator.login.errors import RefusedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.claims import save_claim
from egzaminator.onboarding.errors import EntryEndedError
from egzaminator.panel.domain.journal import subjects_of
from egzaminator.records.domain.joining import show_both
from egzaminator.records.errors import (
    ChangedMeanwhileError,
    DifferentEndsError,
    NotPossibleNowError,
    SamePersonError,
    TwoAccountsError,
)
from egzaminator.register.domain.former_values import examiners_formerly_called
from egzaminator.register.models import Entry, Examiner
from tests.helpers.factories import (
    HOME,
    PASSWORD,
    PESELS,
    filled_form,
    make_account,
    make_claim,
    make_examiner,
    make_grant,
)
from tests.helpers.links import mailed_token
from tests.records.editing import correct_names, decided_entry, join, transfer
from tests.register.rows import digits_of

pytestmark = pytest.mark.django_db
IP = "192.0.2.1"


@pytest.fixture
def kept() -> Examiner:
    anna = make_examiner(numbers=())
    decided_entry(anna, "A/1")
    return anna


@pytest.fixture
def other() -> Examiner:
    """The same person, entered earlier by an identifier."""
    anna = make_examiner(
        pesel=None,
        numbers=(),
        identifier="UA-17",
        identifier_key="ua-17",
        surname="Lukasik",
        email="dawna@example.org",
        postal_address=HOME,
    )
    decided_entry(anna, "B/2")
    return anna


def test_everything_of_the_other_stands_under_the_one_that_is_kept(kept: Examiner, other: Examiner) -> None:
    correct_names(other, "Lukasikówna")
    other.refresh_from_db()
    join(kept, other)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert list(kept.entries.order_by("number").values_list("number", "state")) == [
        ("A/1", "active"),
        ("B/2", "active"),
    ]
    assert (digits_of(kept), kept.identifier, kept.email) == (PESELS[0], "UA-17", "dawna@example.org")
    assert (kept.postal_address, other.postal_address) == (HOME, None)
    former = kept.former_values.order_by("replaced_at")
    assert [(one.field, one.value) for one in former] == [("surname", "Lukasik"), ("surname", "Lukasikówna")]
    assert (other.joined_into, other.pesel, other.identifier, other.email) == (kept, None, "", "")
    assert other.entries.count() == 0
    assert Event.objects.filter(tag=Tag.EXAMINERS_JOINED, subject__in=[kept.id, other.id]).count() == 2


def test_an_account_of_the_other_opens_by_both_names_afterwards(kept: Examiner, other: Examiner) -> None:
    account = make_account(other)
    claim = make_claim(kept, email="formularz@example.org")
    join(kept, other)
    for name in (PESELS[0], "UA-17"):
        assert log_in(name=name, secret=PASSWORD, ip=IP) == AccountOpened(account)
    account.refresh_from_db()
    assert account.examiner == kept
    claim.refresh_from_db()
    assert claim.outcome == "superseded"
    sentences = [item.tag for item in list_history(account=account, tags=frozenset(Tag), repeated=frozenset()).rows]
    assert sentences.count(Tag.EXAMINERS_JOINED) == 2
    # One to the account's own mailbox, and one to the mailbox that the register knew.
    assert about_person(account=account).emails.filter(kind=EmailKind.RECORD_CHANGED).count() == 2
    assert set(subjects_of(person=kept.id)) == {kept.id, other.id, account.id, claim.id}


def test_a_wrong_pesel_finds_the_person_for_staff_and_logs_nobody_in(kept: Examiner) -> None:
    wrong = make_examiner(pesel=PESELS[1], numbers=())
    decided_entry(wrong, "C/3")
    account = make_account(wrong)
    join(kept, wrong)
    assert log_in(name=PESELS[0], secret=PASSWORD, ip=IP) == AccountOpened(account)
    with pytest.raises(RefusedError):
        log_in(name=PESELS[1], secret=PASSWORD, ip=IP)
    assert list(examiners_formerly_called(name=PESELS[1])) == [kept]


def test_a_pesel_that_only_the_other_has_moves(other: Examiner, kept: Examiner) -> None:
    join(other, kept)
    other.refresh_from_db()
    assert (digits_of(other), other.identifier) == (PESELS[0], "UA-17")


def test_an_open_form_of_the_other_still_opens_and_becomes_an_account(kept: Examiner, other: Examiner) -> None:
    claim = make_claim(other)
    token = mailed_token(EmailKind.ACTIVATION, "anna@example.org")
    join(kept, other)
    claim.refresh_from_db()
    assert log_in(name=PESELS[0], secret=PASSWORD, ip=IP) == ClaimOpened(claim)
    account = activate_claim(token=token, password=PASSWORD)
    assert account.examiner == kept


def test_of_open_forms_on_both_those_of_the_kept_record_stay(kept: Examiner, other: Examiner) -> None:
    staying, ended = make_claim(kept), make_claim(other, email="inna@example.org")
    join(kept, other)
    staying.refresh_from_db()
    ended.refresh_from_db()
    assert (staying.outcome, ended.outcome, ended.examiner) == ("", "superseded", kept)
    assert log_in(name=PESELS[0], secret=PASSWORD, ip=IP) == ClaimOpened(staying)


def test_a_form_that_was_open_in_a_browser_meanwhile_is_not_saved_on_the_emptied_record(
    kept: Examiner, other: Examiner
) -> None:
    grant, form = make_grant(other), filled_form(other)
    join(kept, other)
    with pytest.raises(EntryEndedError):
        save_claim(grant=grant, form=form)


def test_records_joined_earlier_follow(kept: Examiner, other: Examiner) -> None:
    third = make_examiner(pesel=PESELS[1], numbers=())
    join(other, third)
    other.refresh_from_db()
    join(kept, other)
    third.refresh_from_db()
    assert third.joined_into == kept
    assert set(kept.known_ids) == {kept.id, other.id, third.id}


def test_what_cannot_be_joined(kept: Examiner, other: Examiner) -> None:
    with pytest.raises(SamePersonError):
        join(kept, kept)
    seen = show_both(kept, other)
    correct_names(other, "Lis")
    with pytest.raises(ChangedMeanwhileError):
        join(kept, other, shown=seen)
    transfer(other)
    with pytest.raises(DifferentEndsError):
        join(kept, other)


def test_two_accounts_and_a_record_joined_before_are_refused(kept: Examiner, other: Examiner) -> None:
    make_account(kept)
    account = make_account(other, email="druga@example.org")
    with pytest.raises(TwoAccountsError):
        join(kept, other)
    assert Entry.objects.filter(examiner=other).count() == 1
    Account.objects.filter(pk=account.pk).update(examiner=make_examiner(pesel=PESELS[2], numbers=()))
    join(kept, other)
    other.refresh_from_db()
    with pytest.raises(NotPossibleNowError):
        join(kept, other)
