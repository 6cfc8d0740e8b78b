import datetime
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.audit.enums import Tag
from egzaminator.panel.domain.examiner_lookup import record_view
from egzaminator.panel.domain.looks import record_list, record_look
from egzaminator.panel.domain.traces import (
    PAGE_SIZE,
    Question,
    count_people,
    iterate_people,
    list_others,
    list_people,
)
from egzaminator.register.models import Examiner
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def member() -> Account:
    return make_staff()


def about(actor: Account | None, since: datetime.datetime | None = None, hours: int = 1) -> Question:
    since = since or timezone.now() - HOUR
    return Question(actor=actor.pk if actor else None, since=since, before=since + 2 * hours * HOUR)


def found(question: Question) -> dict[uuid.UUID, dict[str, int]]:
    return {
        trace.examiner.pk: {seen.way.value: seen.count for seen in trace.seen}
        for batch in iterate_people(question=question)
        for trace in batch
    }


def people(count: int) -> list[Examiner]:
    return [
        make_examiner(pesel=None, numbers=(), identifier=f"OKE-{n}", identifier_key=f"oke-{n}", surname=f"Abc{n:03}")
        for n in range(count)
    ]


def test_each_way_of_seeing_somebody_is_found_by_itself(member: Account) -> None:
    by = Actor(member.pk)
    looked, pesel, issued, listed, filed, changed, unseen = people(7)
    record_view(examiner=looked, by=by)
    record_view(examiner=looked, by=by)
    record_look(tag=Tag.PESEL_SHOWN, by=by, subject=pesel.pk, reason="Porównanie")
    record_look(tag=Tag.DATA_ISSUED, by=by, subject=issued.pk, reason="Wniosek")
    record_list(people=[listed.pk, None, looked.pk], by=by)
    export = uuid.uuid4()
    record_shown(file=export, people=[filed.pk])
    record_look(tag=Tag.EXPORT_DOWNLOADED, by=by, subject=member.pk, details={"export": str(export)})
    record_event(tag=Tag.NAMES_CORRECTED, by=by, subject=changed.pk)
    record_view(examiner=unseen, by=Actor(make_staff(email="inna@oke.example").pk))

    assert found(about(member)) == {
        looked.pk: {"looked": 2, "listed": 1},
        pesel.pk: {"pesel": 1},
        issued.pk: {"issued": 1},
        listed.pk: {"listed": 1},
        filed.pk: {"downloaded": 1},
        changed.pk: {"changed": 1},
    }
    assert count_people(question=about(member)) == 6
    assert list_others(question=about(member)) == []


def test_a_file_counts_when_it_is_downloaded_and_not_when_it_is_asked_for(member: Account) -> None:
    (one,) = people(1)
    export = uuid.uuid4()
    record_shown(file=export, people=[one.pk, one.pk])
    record_event(tag=Tag.EXPORT_ASKED, by=Actor(member.pk), subject=member.pk, details={"export": str(export)})
    assert found(about(member)) == {}
    for _ in range(2):
        record_look(tag=Tag.EXPORT_DOWNLOADED, by=Actor(member.pk), subject=None, details={"export": str(export)})
    assert found(about(member)) == {one.pk: {"downloaded": 2}}


def test_the_account_of_an_examiner_and_a_joined_record_are_the_examiner(member: Account) -> None:
    kept, other = people(2)
    account = make_account(kept)
    record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=Actor(member.pk), subject=account.pk)
    record_view(examiner=other, by=Actor(member.pk))
    record_view(examiner=kept, by=Actor(member.pk))
    Examiner.objects.filter(pk=other.pk).update(joined_into=kept)
    assert found(about(member)) == {kept.pk: {"changed": 1, "looked": 2}}
    assert [len(list_people(question=about(member)).rows), count_people(question=about(member))] == [1, 1]


def test_a_deleted_account_is_still_its_examiners(member: Account) -> None:
    (one,) = people(1)
    account = make_account(one)
    record_event(tag=Tag.ACCOUNT_FROZEN_BY_STAFF, by=Actor(member.pk), subject=account.pk)
    delete_account(account=account, reason="asked-for")
    assert found(about(member)) == {one.pk: {"changed": 1}}
    assert list_others(question=about(member)) == []


def test_colleagues_and_what_is_gone_stand_apart(member: Account) -> None:
    colleague, gone = make_staff(email="iga@oke.example", name="Iga Lis"), uuid.uuid4()
    record_look(tag=Tag.JOURNAL_READ, by=Actor(member.pk), subject=colleague.pk)
    record_event(tag=Tag.STAFF_RENAMED, by=Actor(member.pk), subject=gone)
    record_event(tag=Tag.LOGGED_OUT, by=Actor(member.pk), subject=member.pk)
    others = list_others(question=about(member))
    assert [(other.name, [seen.way.value for seen in other.seen]) for other in others] == [
        ("Iga Lis", ["looked"]),
        ("", ["changed"]),
    ]
    assert others[1].id == gone
    assert count_people(question=about(member)) == 0


def test_the_period_holds_its_first_moment_and_ends_before_the_last(member: Account) -> None:
    first, last = people(2)
    with time_machine.travel(NOON, tick=False):
        record_view(examiner=first, by=Actor(member.pk))
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        record_view(examiner=last, by=Actor(member.pk))
    assert found(about(member, NOON)) == {first.pk: {"looked": 1}}
    assert found(about(member, NOON + datetime.timedelta(microseconds=1))) == {last.pk: {"looked": 1}}
    assert found(about(member, NOON + 3 * HOUR)) == {}


def test_commands_and_jobs_have_no_account_and_strangers_are_not_among_them() -> None:
    by_program, by_stranger = people(2)
    record_event(tag=Tag.EXAMINER_DECEASED, by=SYSTEM, subject=by_program.pk)
    record_event(tag=Tag.LOGIN_REFUSED, by=Actor(ip="192.0.2.1"), subject=by_stranger.pk)
    assert found(about(None)) == {by_program.pk: {"changed": 1}}


def test_pages_are_in_the_registers_order_and_end(member: Account) -> None:
    listed = people(PAGE_SIZE + 2)
    record_list(people=[one.pk for one in reversed(listed)], by=Actor(member.pk))
    first = list_people(question=about(member))
    second = list_people(question=about(member), after=first.next)
    names = [trace.examiner.surname for page in (first, second) for trace in page.rows]
    assert names == [one.surname for one in listed]
    assert (first.is_first, second.is_first, second.next) == (True, False, None)
    assert count_people(question=about(member)) == PAGE_SIZE + 2


def test_its_queries_do_not_grow_with_the_people(member: Account) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            for trace in list_people(question=about(member)).rows:
                list(trace.examiner.entries.all())
                getattr(trace.examiner, "account", None)
        return len(caught)

    for number, pesel in enumerate(PESELS[:3]):
        examiner = make_examiner(pesel=pesel, numbers=(f"A/{number}",))
        record_view(examiner=examiner, by=Actor(member.pk))
        if number == 0:
            few = queries()
    assert queries() == few
