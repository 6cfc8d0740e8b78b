"""The joining of two records that both have an account: who agrees, who is told, and what is left of the closed one."""

from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.history import list_history
from egzaminator.accounts.domain.retention import delete_account, delete_ended_accounts, notify_before_deletion
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.errors import AccountClosedError, LinkWithdrawnError
from egzaminator.accounts.models import Account, KnownDevice, Session
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.data_export.domain.export import disclose
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.deceased import mark_deceased, undo_deceased
from egzaminator.panel.domain.journal import subjects_of
from egzaminator.records.domain.joining import show_both
from egzaminator.records.errors import ChangedMeanwhileError, DifferentEndsError, NotPossibleNowError
from egzaminator.register.models import Examiner
from egzaminator.staff.domain.acts import confirm, do_alone, end_lapsed, has_objection, refuse, withdraw_asked
from egzaminator.staff.domain.asking import Joining, ask
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.errors import (
    ActClosedError,
    ActWaitsError,
    AskedTooOftenError,
    NobodyToTellError,
    NotIndependentError,
    ObjectionError,
    OwnAccountError,
)
from egzaminator.staff.models import Act, AloneChange
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token
from tests.records.editing import correct_names, decided_entry, join, transfer
from tests.staff.acts import ANNA, DAY, KNOWN, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OTHER = "druga@example.org"
IP = "192.0.2.1"


@pytest.fixture
def kept() -> Account:
    """The account of the record with a PESEL. Its owner has two known mailboxes."""
    record = make_examiner(numbers=(), email=KNOWN)
    decided_entry(record, "A/1")
    return make_old(make_account(record, email=ANNA))


@pytest.fixture
def other() -> Account:
    """The account of the same person's record by an identifier."""
    record = make_examiner(pesel=None, numbers=(), identifier="UA-17", identifier_key="ua-17")
    decided_entry(record, "B/2")
    account = make_old(make_account(record, email=OTHER))
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return account


def record_of(account: Account) -> Examiner:
    return Examiner.objects.get(account=account)


def ask_to_join(staying: Account, closed: Account, kept: Account, **others: Any) -> Act:
    """Ask for it. `kept` is the account of the record that is kept."""
    emptied = closed if kept == staying else staying
    joining = Joining(closed=closed, kept_id=record_of(kept).id, shown=show_both(record_of(kept), record_of(emptied)))
    return ask(kind=ActKind.JOIN, account=staying, joining=joining, **({"reason": "Pismo"} | others))


@pytest.mark.parametrize("is_kept_closed", [False, True])
def test_two_agree_and_the_account_that_stays_opens_by_both_names(
    kept: Account, other: Account, first: Account, second: Account, *, is_kept_closed: bool
) -> None:
    records = record_of(kept), record_of(other)
    staying, closed = (other, kept) if is_kept_closed else (kept, other)
    Client().force_login(closed)
    act = ask_to_join(staying, closed, kept, member=first)
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN, OTHER}
    links = {mailbox: mailed_token(EmailKind.ACT_ASKED, mailbox) for mailbox in (ANNA, OTHER)}
    confirm(act_id=act.id, member=second)

    staying.refresh_from_db()
    closed.refresh_from_db()
    assert (staying.state, staying.examiner) == ("active", records[0])
    assert (closed.state, closed.barred_by, closed.examiner) == ("closed", "joined", records[1])
    for name in (PESELS[0], "UA-17"):
        assert log_in(name=name, secret=PASSWORD, ip=IP) == AccountOpened(staying)
    assert sorted(records[0].entries.values_list("number", flat=True)) == ["A/1", "B/2"]
    left = [
        model.objects.filter(**{key: closed}).count() for model, key in ((Session, "account"), (KnownDevice, "account"))
    ]
    assert left == [0, 0]
    assert Authenticator.objects.filter(user=closed).count() == 0
    assert Authenticator.objects.filter(user=staying).exists() is is_kept_closed
    assert closed.has_usable_password() is False
    with pytest.raises(LinkWithdrawnError):
        freeze_by_link(token=links[closed.email])
    news = Email.objects.filter(kind=EmailKind.RECORD_CHANGED)
    assert set(news.values_list("email", "related_id")) == {
        (mailbox, account.id)
        for account, mailboxes in ((kept, (ANNA, KNOWN)), (other, (OTHER,)))
        for mailbox in mailboxes
    }
    tags = set(Event.objects.filter(subject=closed.id).values_list("tag", flat=True))
    assert tags >= {Tag.ACT_ASKED, Tag.ACT_CONFIRMED, Tag.ACCOUNT_JOINED}


@pytest.fixture
def joined(kept: Account, other: Account, first: Account, second: Account) -> Account:
    """The account that stays after a joining."""
    confirm(act_id=ask_to_join(kept, other, kept, member=first).id, member=second)
    return Account.objects.select_related("examiner").get(pk=kept.pk)


def test_what_was_the_closed_accounts_is_found_with_the_one_that_stays(joined: Account, other: Account) -> None:
    record = record_of(joined)
    assert set(subjects_of(person=record.id)) == {record.id, *record.known_ids, joined.id, other.id}
    page = list_history(account=joined, tags=frozenset(Tag), repeated=frozenset())
    assert Tag.ACCOUNT_JOINED in [item.tag for item in page.rows]
    data = disclose(account=joined, examiner=record)
    assert [row["email"] for row in data["account"]] == [ANNA, OTHER]
    assert len(data["details"]) == 2
    assert OTHER in [row.get("email") for row in data["emails"]]
    assert [row["kind"] for row in data["acts"]] == ["join"]


def test_the_closed_account_goes_with_the_one_that_stays_and_not_before(joined: Account, other: Account) -> None:
    transfer(record_of(joined))
    with time_machine.travel(timezone.now() + 365 * 60 * DAY):
        assert notify_before_deletion() == 1
        assert told(EmailKind.DELETION_NOTICE) == {ANNA}
        assert delete_ended_accounts() == 0
    delete_account(account=joined, reason="struck-off")
    assert not Account.objects.filter(pk__in=[joined.pk, other.pk]).exists()
    assert not Email.objects.filter(related_id__in=[joined.pk, other.pk]).exists()
    assert not Act.objects.exists()


def test_a_death_that_is_taken_back_does_not_open_the_closed_account(joined: Account, other: Account) -> None:
    record = record_of(joined)
    mark_deceased(examiner_id=record.id, on=timezone.localdate(), by=SYSTEM)
    undo_deceased(examiner_id=record.id, reason="Pomyłka")
    joined.refresh_from_db()
    other.refresh_from_db()
    assert (joined.state, other.state, other.barred_by) == ("frozen", "closed", "joined")


def test_while_it_waits_nothing_else_is_asked_about_either_account(
    kept: Account, other: Account, first: Account, second: Account
) -> None:
    act = ask_to_join(kept, other, kept, member=first)
    for account in (kept, other):
        with pytest.raises(ActWaitsError):
            ask(kind=ActKind.CORRECT_EMAIL, account=account, email="n@example.net", reason="Rozmowa", member=second)
        with pytest.raises(ActWaitsError):
            give_back(account=freeze(account), reason="Rozmowa", member=second)
    with pytest.raises(ActWaitsError):
        ask_to_join(other, kept, other, member=second)
    with time_machine.travel(timezone.now() + 8 * DAY):
        ask_to_join(other, kept, other, member=second)
    act.refresh_from_db()
    assert act.outcome == "lapsed"


def test_a_pending_act_about_either_account_comes_first(kept: Account, other: Account, first: Account) -> None:
    ask(kind=ActKind.RESET_SECOND_FACTOR, account=other, reason="Rozmowa", member=first)
    for staying, closed in ((kept, other), (other, kept)):
        with pytest.raises(ActWaitsError):
            ask_to_join(staying, closed, kept, member=first)


def test_who_may_ask_and_decide(kept: Account, other: Account, first: Account, second: Account) -> None:
    examiners_own = make_staff(email=OTHER.upper())
    with pytest.raises(OwnAccountError):
        ask_to_join(kept, other, kept, member=examiners_own)
    act = ask_to_join(kept, other, kept, member=first)
    for member in (first, examiners_own, make_staff(email="nowa@oke.example", since=6 * DAY)):
        with pytest.raises(NotIndependentError):
            confirm(act_id=act.id, member=member)
    with pytest.raises(NotIndependentError):
        refuse(act_id=act.id, member=examiners_own)
    refuse(act_id=act.id, member=second)
    assert told(EmailKind.SECURITY_NEWS) == {ANNA, KNOWN, OTHER}
    for _time in range(2):
        refuse(act_id=ask_to_join(kept, other, kept, member=first).id, member=first)
    with pytest.raises(AskedTooOftenError):
        ask_to_join(kept, other, kept, member=first)


@pytest.mark.parametrize("mailbox", [ANNA, OTHER])
def test_an_objection_from_either_account_requires_a_second_person_who_knows_it(
    kept: Account, other: Account, first: Account, second: Account, mailbox: str
) -> None:
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - DAY)
    act = ask_to_join(kept, other, kept, member=first, is_alone=True)
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, mailbox))
    assert has_objection(act=act)
    with time_machine.travel(timezone.now() + 3 * DAY):
        assert do_alone() == 0
        with pytest.raises(ObjectionError):
            confirm(act_id=act.id, member=second)
        confirm(act_id=act.id, member=second, knows_objection=True)
    kept.refresh_from_db()
    assert kept.state == ("frozen" if mailbox == ANNA else "active")


def test_one_person_on_duty_waits_48_hours_and_needs_a_mailbox_of_each_account_that_could_object(
    kept: Account, other: Account, first: Account
) -> None:
    AloneChange.objects.create(is_allowed=True, starts_at=timezone.now() - DAY)
    Account.objects.filter(pk=other.pk).update(created_at=timezone.now())
    with pytest.raises(NobodyToTellError):
        ask_to_join(kept, other, kept, member=first, is_alone=True)
    make_old(other)
    ask_to_join(kept, other, kept, member=first, is_alone=True)
    assert do_alone() == 0
    with time_machine.travel(timezone.now() + 3 * DAY):
        assert do_alone() == 1
    other.refresh_from_db()
    assert other.barred_by == "joined"


def test_it_is_withdrawn_with_the_asker_and_lapses_with_time(kept: Account, other: Account, first: Account) -> None:
    act = ask_to_join(kept, other, kept, member=first)
    withdraw_asked(member=first, by=SYSTEM)
    act.refresh_from_db()
    assert act.outcome == "withdrawn"
    assert Event.objects.filter(tag=Tag.ACT_WITHDRAWN, subject__in=[kept.id, other.id]).count() == 2
    act = ask_to_join(kept, other, kept, member=first)
    with time_machine.travel(timezone.now() + 8 * DAY):
        assert end_lapsed() == 1
    act.refresh_from_db()
    assert act.outcome == "lapsed"
    assert told(EmailKind.SECURITY_NEWS) == {ANNA, KNOWN, OTHER}


def close_one(other: Account) -> None:
    mark_deceased(examiner_id=record_of(other).id, on=timezone.localdate(), by=SYSTEM)


def move_one(other: Account) -> None:
    join(make_examiner(pesel=PESELS[1], numbers=()), record_of(other))


def delete_one(other: Account) -> None:
    delete_account(account=other, reason="struck-off")


@pytest.mark.parametrize("change", [close_one, move_one, delete_one])
def test_it_lapses_if_an_account_is_not_what_it_was(
    kept: Account, other: Account, first: Account, second: Account, change: Any
) -> None:
    act = ask_to_join(kept, other, other, member=first)
    change(other)
    with pytest.raises(ActClosedError):
        confirm(act_id=act.id, member=second)
    act.refresh_from_db()
    kept.refresh_from_db()
    assert (act.outcome, kept.state) == ("lapsed", "active")
    assert Examiner.objects.filter(joined_into=record_of(kept)).count() == 0


def test_what_cannot_be_asked_for(kept: Account, other: Account, first: Account) -> None:
    with pytest.raises(NotPossibleNowError):
        ask_to_join(kept, kept, kept, member=first)
    shown = show_both(record_of(kept), record_of(other))
    correct_names(record_of(other), "Lis")
    joining = Joining(closed=other, kept_id=record_of(kept).id, shown=shown)
    with pytest.raises(ChangedMeanwhileError):
        ask(kind=ActKind.JOIN, account=kept, joining=joining, reason="Pismo", member=first)
    transfer(record_of(other))
    with pytest.raises(DifferentEndsError):
        ask_to_join(kept, other, kept, member=first)
    close_one(other)
    with pytest.raises(AccountClosedError):
        ask_to_join(kept, other, kept, member=first)
    assert not Act.objects.exists()
