import uuid

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.register.domain.imports import apply as apply_job
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.browser import all_imports, ask_to_apply, begin_import, give_up, tick
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.domain.imports.jobs import APPLY_TASK, CHECK_TASK, change_mine, restart_left, take_due
from egzaminator.register.domain.imports.retention import give_up_expired, stop_imports_of
from egzaminator.register.enums import ImportState
from egzaminator.register.errors import ImportNotReadyError, ImportStoppedError
from egzaminator.register.models import Examiner, Import, ImportRow
from egzaminator.stored_files.domain.files import write_file
from egzaminator.stored_files.models import StoredFile
from tests.register.browser import OFFICER, applied, apply, checked, now, upload
from tests.register.files import ANNA, JAN, csv_file
from tests.register.importing import read

pytestmark = pytest.mark.django_db
STRANGER = Actor(uuid.UUID(int=78))


def jobs(task: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=task).count()


def test_the_same_form_sent_twice_makes_one_import_and_one_job() -> None:
    import_id = uuid.uuid4()
    assert OFFICER.account_id is not None
    files = [write_file(owner=OFFICER.account_id, purpose="import", name="import", content=[b"a"]) for _ in range(2)]
    first, second = (begin_import(import_id=import_id, file=file, name="a.csv", by=OFFICER) for file in files)
    assert first == second
    assert (second.file_id, second.uploader, second.state) == (files[0].pk, OFFICER.account_id, ImportState.WAITING)
    assert jobs(CHECK_TASK) == 1
    assert Event.objects.filter(tag=Tag.IMPORT_UPLOADED, actor=OFFICER.account_id).count() == 1


def test_each_step_is_recorded_with_who_took_it() -> None:
    one = checked(ANNA)
    give_up(one=one, by=OFFICER)
    applied(ANNA)
    tags = Event.objects.order_by("at").values_list("tag", "actor")
    assert list(tags) == [
        (tag, OFFICER.account_id)
        for tag in (
            Tag.IMPORT_UPLOADED,
            Tag.IMPORT_GIVEN_UP,
            Tag.IMPORT_UPLOADED,
            Tag.IMPORT_ASKED,
            Tag.REGISTER_IMPORTED,
        )
    ]


def test_an_import_given_up_leaves_nothing_of_its_file_and_is_listed() -> None:
    one = checked(ANNA)
    give_up(one=one, by=OFFICER)
    assert now(one).state == ImportState.GIVEN_UP
    assert not ImportRow.objects.exists()
    assert not StoredFile.objects.exists()
    for act in (give_up, ask_to_apply):
        with pytest.raises(ImportNotReadyError):
            act(one=one, by=OFFICER)
    assert list(all_imports()) == [one]


def test_nobody_elses_import_is_decided_on() -> None:
    one = checked(ANNA)
    for act in (give_up, ask_to_apply):
        with pytest.raises(ImportNotReadyError):
            act(one=one, by=STRANGER)
    read(ANNA)
    by_command = Import.objects.get(uploader=None)
    Import.objects.filter(pk=by_command.pk).update(state=ImportState.CHECKED)
    with pytest.raises(ImportNotReadyError):
        tick(one=by_command, lines=[], of=[], by=Actor())


def test_whoever_may_no_longer_import_has_nothing_applied() -> None:
    one = checked(ANNA)
    ask_to_apply(one=one, by=OFFICER)
    apply_import(may_apply=lambda account: account != OFFICER.account_id, own_rows=own_rows)
    assert now(one).state == ImportState.FAILED
    assert not Examiner.objects.exists()


def test_the_end_of_an_account_stops_its_imports_and_the_job_that_is_at_work_on_one() -> None:
    done, ready, asked = applied(JAN), checked(ANNA), checked(JAN)
    ask_to_apply(one=asked, by=OFFICER)
    waiting = upload(csv_file(ANNA))
    mine = take_due(APPLY_TASK)
    assert mine is not None
    stop_imports_of(uploader=OFFICER.account_id or uuid.uuid4())
    states = [now(one).state for one in (waiting, ready, asked, done)]
    assert states == [ImportState.GIVEN_UP, ImportState.GIVEN_UP, ImportState.GIVEN_UP, ImportState.APPLIED]
    with pytest.raises(ImportStoppedError):
        change_mine(mine, state=ImportState.APPLIED)
    assert not ImportRow.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_job_that_was_taken_for_dead_cannot_finish() -> None:
    one = checked(ANNA)
    ask_to_apply(one=one, by=OFFICER)
    late = take_due(APPLY_TASK)
    second = take_due(APPLY_TASK)
    assert late is not None
    assert second is not None
    assert (late.attempts, second.attempts) == (1, 2)
    with pytest.raises(ImportStoppedError):
        apply_job._apply(late, lambda _share: None, own_rows(None))  # type: ignore[arg-type]  # noqa: SLF001 -- what a job does with what it took
    assert now(one).state == ImportState.APPLYING


def test_an_import_begun_three_times_has_failed_and_the_next_one_is_taken() -> None:
    first, second = upload(csv_file(ANNA)), upload(csv_file(JAN))
    for _ in range(3):
        assert take_due(CHECK_TASK) == first
    assert take_due(CHECK_TASK) == second
    assert now(first).state == ImportState.FAILED


def test_what_waits_too_long_gets_another_job() -> None:
    one = upload(csv_file(ANNA))
    restart_left()
    assert jobs(CHECK_TASK) == 1
    Import.objects.filter(pk=one.pk).update(uploaded_at="2026-01-01T00:00:00Z")
    restart_left()
    assert jobs(CHECK_TASK) == 2


def test_after_a_day_a_checked_import_is_given_up_and_an_applied_one_stays() -> None:
    fresh, old, done = checked(ANNA), checked(ANNA), applied(JAN)
    Import.objects.exclude(pk=fresh.pk).update(uploaded_at="2026-01-01T00:00:00Z")
    assert give_up_expired() == 1
    assert [now(one).state for one in (fresh, old, done)] == [
        ImportState.CHECKED,
        ImportState.GIVEN_UP,
        ImportState.APPLIED,
    ]
    assert set(ImportRow.objects.values_list("source", flat=True)) == {fresh.pk}


def test_an_error_of_the_program_fails_the_import_and_is_raised() -> None:
    one = checked(ANNA)
    ask_to_apply(one=one, by=OFFICER)
    ImportRow.objects.all().delete()  # no user can do that
    with pytest.raises(ValueError, match="longer"):
        apply_import(may_apply=lambda _: True, own_rows=own_rows)
    assert now(one).state == ImportState.FAILED
    assert not Examiner.objects.exists()
    assert apply(checked(ANNA)).state == ImportState.APPLIED
    check_import(own_rows=own_rows)
