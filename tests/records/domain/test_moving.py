import uuid
from typing import Any

import pytest

from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.domain.email_change import set_email
from egzaminator.accounts.domain.reviews import accept_changes, waiting_changes
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.errors import ReviewedAlreadyError
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.records.domain.moving import move_to_register, show_stated
from egzaminator.records.errors import ChangedMeanwhileError, NotPossibleNowError
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner, FormerValue
from tests.helpers.concurrency import at_once
from tests.helpers.factories import DETAILS, examiner_of, freeze, make_account, make_examiner
from tests.helpers.staff_texts import reason_of
from tests.records.editing import OFFICER, WHY, correct_names, decided_entry, transfer, undo_transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


def change(account: Account, **details: Any) -> None:
    change_details(account=account, details=DETAILS | details)


def shown(account: Account) -> dict[str, str]:
    return dict(show_stated(Account.objects.select_related("examiner", "profile").get(pk=account.pk)))


def move(account: Account, *fields: RegisterField, by: Actor = OFFICER, **others: Any) -> None:
    values = {"shown": shown(account)} | others
    move_to_register(account_id=account.pk, fields=fields, reason=WHY, by=by, **values)


def register_of(account: Account) -> Examiner:
    return Examiner.objects.get(pk=examiner_of(account).pk)


def is_waiting(account: Account) -> bool:
    return bool(waiting_changes(account_ids=[account.pk])[account.pk].rows)


def test_a_moved_surname_is_a_correction_like_one_by_hand_and_waits_no_longer(account: Account) -> None:
    change(account, surname="Żak", locality="Gniezno")
    Email.objects.all().delete()
    move(account, RegisterField.SURNAME)
    examiner = register_of(account)
    assert (examiner.surname, examiner.first_names, examiner.search_key) == ("Żak", "Anna Maria", "zak anna maria")
    former = FormerValue.objects.get()
    assert (former.field, former.value, former.replaced_by) == ("surname", "Łukasik", OFFICER.account_id)
    corrected = Event.objects.get(tag=Tag.NAMES_CORRECTED)
    assert (corrected.actor, corrected.subject, reason_of(corrected)) == (OFFICER.account_id, examiner.pk, WHY)
    assert Event.objects.get(tag=Tag.REVIEWED).details == {"what": "changes", "fields": ["surname", "locality"]}
    assert Email.objects.filter(kind=EmailKind.RECORD_CHANGED).exists()
    assert not is_waiting(account)


def test_all_that_the_register_holds_is_moved_at_once(account: Account) -> None:
    change(account, surname="Żak", first_name="Ewa", middle_names="")
    set_email(account=account, email="nowa@example.org")
    move(account, RegisterField.SURNAME, RegisterField.FIRST_NAMES, RegisterField.EMAIL)
    examiner = register_of(account)
    assert (examiner.surname, examiner.first_names, examiner.email) == ("Żak", "Ewa", "nowa@example.org")
    assert examiner.email_by == OFFICER.account_id
    assert not is_waiting(account)


def test_what_is_not_chosen_stays_as_it_is(account: Account) -> None:
    change(account, surname="Żak", first_name="Ewa")
    move(account, RegisterField.FIRST_NAMES)
    examiner = register_of(account)
    assert (examiner.surname, examiner.first_names, examiner.email) == ("Łukasik", "Ewa Maria", "")


@pytest.mark.parametrize("who", ["examiner", "colleague"])
def test_what_has_changed_since_the_form_was_shown_is_told_and_nothing_is_moved(account: Account, who: str) -> None:
    change(account, surname="Żak")
    form = shown(account)
    if who == "examiner":
        change(account, surname="Lis")
    else:
        correct_names(examiner_of(account), surname="Kot")
    before = register_of(account).surname
    with pytest.raises(ChangedMeanwhileError) as caught:
        move(account, RegisterField.SURNAME, shown=form)
    expected = ("stated surname", "Żak", "Lis") if who == "examiner" else ("surname", "Łukasik", "Kot")
    assert caught.value.changes == [expected]
    assert register_of(account).surname == before
    assert is_waiting(account)


def test_another_detail_that_changed_meanwhile_is_not_accepted_unseen(account: Account) -> None:
    change(account, surname="Żak")
    form = shown(account)
    change(account, surname="Żak", locality="Gniezno")
    with pytest.raises(ChangedMeanwhileError):
        move(account, RegisterField.SURNAME, shown=form)


def test_what_a_colleague_has_accepted_meanwhile_is_not_dealt_with_twice(account: Account) -> None:
    change(account, surname="Żak")
    form = shown(account)
    colleague = Actor(uuid.UUID(int=8))
    accept_changes(account_id=account.pk, seen=form["waited"], by=colleague)
    with pytest.raises(ReviewedAlreadyError) as caught:
        move(account, RegisterField.SURNAME, shown=form)
    assert caught.value.by == colleague.account_id
    assert register_of(account).surname == "Łukasik"


def test_nothing_is_moved_from_a_blocked_account(account: Account) -> None:
    change(account, surname="Żak")
    freeze(account)
    with pytest.raises(NotPossibleNowError):
        move(account, RegisterField.SURNAME)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_moves(account: Account) -> None:
    change(account, surname="Żak")
    form = shown(account)
    results = at_once(
        *[
            lambda one=one: move(account, RegisterField.SURNAME, by=Actor(uuid.UUID(int=one)), shown=form)
            for one in (1, 2)
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "ReviewedAlreadyError"]
    assert FormerValue.objects.count() == 1
    assert Event.objects.filter(tag=Tag.REVIEWED).count() == 1


def test_a_transfer_answers_where_the_examiner_lives_until_it_is_taken_back(account: Account) -> None:
    decided_entry(examiner_of(account), "A/1")
    transfer(examiner_of(account))
    account.profile.refresh_from_db()
    assert account.profile.residence_accepted
    undo_transfer(examiner_of(account))
    account.profile.refresh_from_db()
    assert not account.profile.residence_accepted
