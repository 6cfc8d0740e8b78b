import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egzaminator.accounts.domain import account_state
from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.domain.email_change import set_email
from egzaminator.accounts.domain.reviews import (
    WaitingChange,
    accept_changes,
    accept_not_me,
    accept_residence,
    accept_surname,
    compare_surnames,
    surnames_seen,
    waiting_changes,
)
from egzaminator.accounts.enums import Barred
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.errors import ReviewedAlreadyError, ReviewOutdatedError
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner
from tests.helpers.concurrency import at_once
from tests.helpers.factories import DETAILS, PESELS, examiner_of, make_account, make_examiner, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


def change(account: Account, **details: Any) -> None:
    change_details(account=account, details=DETAILS | details)


def rows(account: Account) -> list[WaitingChange]:
    return waiting_changes(account_ids=[account.pk])[account.pk].rows


def seen(account: Account) -> str:
    return waiting_changes(account_ids=[account.pk])[account.pk].seen


def profile(account: Account) -> Profile:
    return Profile.objects.select_related("account__examiner").get(pk=account.pk)


def staff() -> Actor:
    return Actor(make_staff().pk)


def test_several_changes_of_a_detail_are_one_from_what_the_board_has_seen(account: Account) -> None:
    change(account, locality="Gniezno")
    change(account, locality="Śrem", street="Krótka")
    assert rows(account) == [WaitingChange("locality", "Poznań", "Śrem"), WaitingChange("street", "Długa", "Krótka")]
    since = profile(account).changed_since
    assert since == account.profile_changes.order_by("at")[0].at or since is not None
    change(account, locality="Kórnik", street="Krótka")
    assert profile(account).changed_since == since


def test_what_the_examiner_takes_back_does_not_wait(account: Account) -> None:
    change(account, locality="Gniezno", street="Krótka")
    change(account, locality="Poznań", street="Krótka")
    assert rows(account) == [WaitingChange("street", "Długa", "Krótka")]
    change(account)
    assert (rows(account), profile(account).changed_since) == ([], None)
    assert account.profile_changes.count() == 4  # the history keeps them


def test_a_changed_e_mail_address_waits_too_and_taken_back_does_not(account: Account) -> None:
    set_email(account=account, email="nowa@example.org")
    assert rows(account) == [WaitingChange("email", "anna@example.org", "nowa@example.org")]
    assert profile(account).changed_since is not None
    set_email(account=account, email="anna@example.org")
    assert (rows(account), profile(account).changed_since) == ([], None)


def test_accepted_changes_wait_no_longer_and_later_ones_do(account: Account) -> None:
    change(account, locality="Gniezno")
    by = staff()
    accept_changes(account_id=account.pk, seen=seen(account), by=by)
    assert (rows(account), profile(account).changed_since) == ([], None)
    event = Event.objects.get(tag=Tag.REVIEWED)
    assert (event.actor, event.subject) == (by.account_id, account.pk)
    assert event.details == {"what": "changes", "fields": ["locality"]}
    change(account, locality="Śrem")
    assert rows(account) == [WaitingChange("locality", "Gniezno", "Śrem")]
    assert profile(account).changed_since is not None


def test_what_changed_since_the_page_was_shown_is_not_accepted(account: Account) -> None:
    change(account, locality="Gniezno")
    shown = seen(account)
    change(account, locality="Śrem")
    for forged in (shown, "", "999999999999999999999"):
        with pytest.raises(ReviewOutdatedError):
            accept_changes(account_id=account.pk, seen=forged, by=staff_of("a", forged))
    assert rows(account) == [WaitingChange("locality", "Poznań", "Śrem")]
    assert not Event.objects.filter(tag=Tag.REVIEWED).exists()


def staff_of(*words: str) -> Actor:
    return Actor(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(words)))


def test_the_second_learns_who_was_first(account: Account) -> None:
    change(account, locality="Gniezno")
    shown, first = seen(account), staff()
    accept_changes(account_id=account.pk, seen=shown, by=first)
    with pytest.raises(ReviewedAlreadyError) as caught:
        accept_changes(account_id=account.pk, seen=shown, by=Actor(uuid.uuid4()))
    assert caught.value.by == first.account_id
    assert caught.value.at == Event.objects.get(tag=Tag.REVIEWED).at


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_accepts(account: Account) -> None:
    change(account, locality="Gniezno")
    shown = seen(account)
    anna, jan = Actor(uuid.uuid4()), Actor(uuid.uuid4())
    results = at_once(
        lambda: accept_changes(account_id=account.pk, seen=shown, by=anna),
        lambda: accept_changes(account_id=account.pk, seen=shown, by=jan),
    )
    done, told = sorted(results, key=lambda result: result is not None)
    assert done is None
    assert isinstance(told, ReviewedAlreadyError)
    assert told.by == Event.objects.get(tag=Tag.REVIEWED).actor


@pytest.mark.django_db(transaction=True)
def test_a_change_at_the_same_time_is_accepted_by_nobody_unseen(account: Account) -> None:
    change(account, locality="Gniezno")
    shown = seen(account)
    at_once(
        lambda: accept_changes(account_id=account.pk, seen=shown, by=Actor(uuid.uuid4())),
        lambda: change(account, locality="Śrem"),
    )
    assert [row.new for row in rows(account)] == ["Śrem"]
    assert profile(account).changed_since is not None


def compare(account: Account) -> bool:
    compare_surnames(examiner_ids=[examiner_of(account).pk])
    return profile(account).surname_differs_since is not None


def test_a_surname_waits_while_the_register_has_another(account: Account) -> None:
    assert not compare(account)
    change(account, surname="łukasik")  # capitals make no difference
    assert not compare(account)
    change(account, surname="Żak")
    assert compare(account)
    change(account)
    assert not compare(account)


def test_an_accepted_difference_waits_again_when_either_surname_changes(account: Account) -> None:
    change(account, surname="Żak")
    assert compare(account)
    accept_surname(account_id=account.pk, seen=surnames_seen(profile(account)), by=staff())
    assert not compare(account)
    with pytest.raises(ReviewedAlreadyError):
        accept_surname(account_id=account.pk, seen="Żak / Łukasik", by=staff_of("drugi"))
    Examiner.objects.update(surname="Lis")
    assert compare(account)
    with pytest.raises(ReviewOutdatedError):
        accept_surname(account_id=account.pk, seen="Żak / Łukasik", by=staff_of("drugi"))
    accept_surname(account_id=account.pk, seen="Żak / Lis", by=staff_of("drugi"))
    assert not compare(account)
    change(account, surname="Kot")
    assert compare(account)


def test_comparing_takes_as_many_queries_for_three_as_for_one() -> None:
    counts = []
    for pesels in (PESELS[:1], PESELS[1:4]):
        examiners = [make_examiner(pesel=pesel, numbers=(f"N{pesel}",), surname="Inny") for pesel in pesels]
        for examiner in examiners:
            make_account(examiner)
        with CaptureQueriesContext(connection) as queries:
            compare_surnames(examiner_ids=[examiner.pk for examiner in examiners])
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_accepted_residence_waits_again_after_a_move(account: Account) -> None:
    change(account, voivodeship="02")
    accept_residence(account_id=account.pk, seen="02", by=staff())
    assert profile(account).residence_accepted
    with pytest.raises(ReviewedAlreadyError):
        accept_residence(account_id=account.pk, seen="02", by=staff_of("drugi"))
    change(account, voivodeship="02", street="Krótka")
    assert profile(account).residence_accepted
    change(account, voivodeship="04")
    assert not profile(account).residence_accepted
    with pytest.raises(ReviewOutdatedError):
        accept_residence(account_id=account.pk, seen="02", by=staff_of("drugi"))


def test_it_was_not_me_waits_from_the_link_until_staff_accept_it(account: Account) -> None:
    account_state.freeze(account=account, by=Barred.STAFF)
    assert account.not_me_since is None  # staff froze it: they know
    account_state.freeze(account=account, by=Barred.LINK)
    account.refresh_from_db()
    assert account.not_me_since is not None
    shown = account.not_me_since.isoformat()
    accept_not_me(account_id=account.pk, seen=shown, by=staff())
    with pytest.raises(ReviewedAlreadyError):
        accept_not_me(account_id=account.pk, seen=shown, by=staff_of("drugi"))
    account.refresh_from_db()
    assert (account.not_me_since, account.state) == (None, "frozen")
    account_state.freeze(account=account, by=Barred.LINK)
    account.refresh_from_db()
    assert account.not_me_since is not None
    with pytest.raises(ReviewOutdatedError):
        accept_not_me(account_id=account.pk, seen=shown, by=staff_of("drugi"))


@pytest.mark.parametrize("end", [account_state.reopen, account_state.close])
def test_given_back_or_closed_it_waits_for_nobody(account: Account, end: Any) -> None:
    account_state.freeze(account=account, by=Barred.LINK)
    end(account=account)
    account.refresh_from_db()
    assert account.not_me_since is None
