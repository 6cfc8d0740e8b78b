"""List keys follow whatever they are made from, whoever changes it, and nobody waits for anybody."""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from egzaminator.accounts.domain.account_state import close, freeze, reopen, withdraw_closure
from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.enums import Barred
from egzaminator.accounts.models import Account, Profile
from egzaminator.mail.models import EmailHold
from egzaminator.onboarding.domain.claims import close_claims
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.onboarding.tasks import end_claims
from egzaminator.panel.domain.list_keys import refresh_list_keys, standings_of
from egzaminator.panel.tasks import keep_list_keys_current
from egzaminator.register.enums import AccountStanding, EmailStanding, EntryState, ExamKind
from egzaminator.register.models import Entry, Examiner, ListKey, ListKeyDue, Scope, Standing
from tests.helpers.concurrency import at_once
from tests.helpers.factories import DETAILS, PESELS, add_entry, make_account, make_claim, make_examiner
from tests.register.files import ANNA
from tests.register.importing import STRUCK_OFF, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Examiner:
    examiner = make_examiner(numbers=("A-1",))
    refresh_list_keys()
    return examiner


def keys() -> set[tuple[str, str, str, str]]:
    refresh_list_keys()
    assert not ListKeyDue.objects.exists()
    return set(ListKey.objects.values_list("facet", "entry_state", "standing", "sort_key"))


def standing() -> str:
    """Return the standing in all keys of the only examiner, which is the one that they are shown with."""
    (found,) = {key[2] for key in keys()}
    (shown,) = standings_of(Examiner.objects.values_list("id", flat=True)).values()
    assert shown == Standing.of(found)
    return found


def test_the_keys_of_entries_of_several_scopes_and_states(anna: Examiner) -> None:
    add_entry(anna, "A-2", EntryState.STRUCK_OFF)
    other = Scope.objects.create(code="INF.02", name="informatyk", exam_kind=ExamKind.VOCATIONAL)
    Entry.objects.filter(pk=add_entry(anna, "A-3").pk).update(scope=other)
    first = Scope.objects.get(code="MBI")
    rest = ("none/none/", anna.sort_key)
    assert keys() == {
        ("", "active", *rest),
        ("", "struck-off", *rest),
        ("kind:matura", "active", *rest),
        ("kind:matura", "struck-off", *rest),
        ("kind:vocational", "active", *rest),
        (f"scope:{first.pk}", "active", *rest),
        (f"scope:{first.pk}", "struck-off", *rest),
        (f"scope:{other.pk}", "active", *rest),
    }


def test_whoever_has_no_entry_is_listed_too() -> None:
    examiner = make_examiner(numbers=())
    assert keys() == {("", "", "none/none/", examiner.sort_key)}


def test_each_change_of_the_register_makes_new_keys(anna: Examiner) -> None:
    Examiner.objects.update(sort_key="b", email="a@example.org")
    assert {key[2:] for key in keys()} == {("none/unconfirmed/", "b")}
    Entry.objects.update(state=EntryState.STRUCK_OFF)
    assert {key[1] for key in keys()} == {"struck-off"}
    Scope.objects.update(exam_kind=ExamKind.OTHER)
    assert {key[0] for key in keys()} >= {"kind:other"}
    jan = make_examiner(pesel=PESELS[1], numbers=(), surname="Żak")
    Entry.objects.update(examiner=jan)
    assert {(key[0], key[3]) for key in keys()} >= {("", "b"), ("kind:other", jan.sort_key)}
    Entry.objects.all().delete()
    assert {key[0] for key in keys()} == {""}
    Examiner.objects.filter(pk=anna.pk).delete()
    assert keys() == {("", "", "none/none/", jan.sort_key)}


def test_an_import_makes_keys_of_new_people_and_of_changed_ones() -> None:
    read(ANNA)
    assert {key[1] for key in keys()} == {"active"}
    read(ANNA)
    assert not ListKeyDue.objects.exists()
    read(ANNA, STRUCK_OFF)
    assert {key[1] for key in keys()} == {"struck-off"}
    read(ANNA | {"nazwisko": "Żak"})
    assert {key[3] for key in keys()} == {Examiner.objects.get().sort_key}
    read(ANNA | {"nazwisko": "Żak", "email": "anna@example.org"})
    assert standing() == "none/unconfirmed/"


def test_the_standing_follows_the_form_and_the_account_through_all_states(anna: Examiner) -> None:
    claim = make_claim(anna)
    assert standing() == "waiting/unconfirmed/"
    hold = EmailHold.objects.create(email=claim.email)
    assert standing() == "waiting/held/"
    Claim.objects.update(email="b@example.org")
    assert standing() == "waiting/unconfirmed/"
    with transaction.atomic():
        close_claims(claim_ids=[claim.id], outcome=ClaimOutcome.STOPPED)
    assert standing() == "none/none/"
    Examiner.objects.update(email="Anna@example.org")
    assert standing() == "none/held/"
    hold.delete()
    assert standing() == "none/unconfirmed/"
    Examiner.objects.update(email="")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=31)):
        make_claim(anna)
    assert standing() == "waiting/unconfirmed/"
    with time_machine.travel(timezone.now() + datetime.timedelta(days=62)):
        end_claims(0)
    assert standing() == "none/none/"

    account = make_account(anna)
    assert standing() == "active/confirmed/30"
    EmailHold.objects.create(email="anna@example.org")
    assert standing() == "active/held/30"
    Account.objects.update(email="B@example.org")
    assert standing() == "active/confirmed/30"
    freeze(account=account, by=Barred.LINK)
    assert standing() == "frozen/confirmed/30"
    reopen(account=account)
    assert standing() == "active/confirmed/30"
    change_details(account=account, details=DETAILS | {"voivodeship": "14"})
    assert standing() == "active/confirmed/14"
    close(account=account)
    assert standing() == "closed/confirmed/14"
    withdraw_closure(account=account)
    assert standing() == "frozen/confirmed/14"
    Profile.objects.all().delete()
    account.delete()
    assert standing() == "none/none/"
    for part, names in (
        (AccountStanding, "none waiting active frozen closed"),
        (EmailStanding, "none unconfirmed confirmed held"),
    ):
        assert set(part.values) == set(names.split())  # fmt: skip


def test_what_lists_do_not_show_makes_no_keys(anna: Examiner) -> None:
    account = make_account(anna)
    refresh_list_keys()
    Account.objects.update(last_login=timezone.now())
    change_details(account=account, details=DETAILS | {"phone": "+48600600600"})
    Examiner.objects.update(updated_at=timezone.now(), password_salt="x")
    assert not ListKeyDue.objects.exists()


def test_many_changes_are_made_in_batches() -> None:
    for number in range(3):
        make_examiner(pesel=PESELS[number], numbers=())
    assert [refresh_list_keys(most=2), ListKeyDue.objects.count(), refresh_list_keys(most=2)] == [2, 1, 1]
    assert refresh_list_keys() == 0
    ListKey.objects.all().delete()
    Examiner.objects.update(sort_key="b")
    keep_list_keys_current(0)
    assert ListKey.objects.count() == 3


def in_another_session(work: Callable[[], object]) -> object:
    def run() -> object:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(20)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_meanwhile_is_made_by_the_next_run() -> None:
    examiner = make_examiner()
    with transaction.atomic():
        assert refresh_list_keys() == 2  # of the examiner, and of the entry
        in_another_session(lambda: Examiner.objects.filter(pk=examiner.pk).update(email="a@example.org"))
        assert in_another_session(refresh_list_keys) == 0  # one at a time, without waiting
    assert {key.standing for key in ListKey.objects.all()} == {"none/none/"}
    assert standing() == "none/unconfirmed/"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_an_import_holds_the_rows() -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    refresh_list_keys()
    with transaction.atomic():  # as an import does until its end
        Examiner.objects.update(sort_key="b", surname="B")
        Entry.objects.update(state=EntryState.STRUCK_OFF)

        def freeze_and_list() -> set[str]:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            with transaction.atomic():
                freeze(account=Account.objects.select_for_update().get(pk=account.pk), by=Barred.STAFF)
            refresh_list_keys()
            return {f"{key.standing} {key.sort_key}" for key in ListKey.objects.all()}

        assert in_another_session(freeze_and_list) == {f"frozen/confirmed/30 {examiner.sort_key}"}
    assert keys() >= {("", "struck-off", "frozen/confirmed/30", "b")}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_time_leave_each_key_once() -> None:
    for number in range(5):
        make_examiner(pesel=PESELS[number], numbers=(f"A-{number}",))
    results = at_once(*[lambda: refresh_list_keys(most=3)] * 4)
    assert all(isinstance(result, int) for result in results)
    assert len(keys()) == 3  # all have one name
    assert ListKey.objects.count() == 15
