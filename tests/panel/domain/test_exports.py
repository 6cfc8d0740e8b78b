import datetime
import io
import uuid
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.core.encryption import UndecryptableError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.panel.domain import make_export as making
from egzaminator.panel.domain.exports import DAILY, ask_for_export, may_have, record_download
from egzaminator.panel.domain.make_export import make_export
from egzaminator.panel.domain.overview import keep_totals
from egzaminator.panel.errors import ExportsUsedUpError
from egzaminator.panel.tasks import make_one_export
from egzaminator.register.domain.exports import (
    MAKE_TASK,
    delete_expired_exports,
    finish_export,
    open_file,
    set_progress,
    take_due,
)
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.enums import ExportContent, ExportFormat, ExportState
from egzaminator.register.errors import ExportStoppedError
from egzaminator.register.models import Examiner, Export
from egzaminator.register.tasks import tidy_exports
from egzaminator.staff.domain.members import change_roles, end_member
from egzaminator.staff.roles import Role
from egzaminator.stored_files.domain.files import complete_file, delete_expired_files, read_file, write_file
from egzaminator.stored_files.models import Piece, StoredFile
from tests.helpers.factories import PESELS, add_entry, make_account, make_claim, make_examiner, make_staff
from tests.helpers.links import text_of
from tests.key_rotation.tampering import spoil
from tests.register.files import ANNA, JAN
from tests.register.importing import NOTHING, read

pytestmark = pytest.mark.django_db
REASON = "Na naradę u dyrektora"


@pytest.fixture
def officer() -> Account:
    make_staff(email="szef@oke.example", name="Szef Administrator", roles=[Role.ADMINISTRATOR])
    return make_staff(roles=[Role.RECORDS])


def ask(officer: Account, **changes: Any) -> Export:
    values: dict[str, Any] = {
        "export_id": uuid.uuid4(),
        "selection": None,
        "content": ExportContent.REGISTER_FILE,
        "file_format": ExportFormat.CSV,
        "reason": REASON,
        "by": Actor(officer.pk, "192.0.2.1"),
    }
    return ask_for_export(**(values | changes))


def made(officer: Account, **changes: Any) -> Export:
    export = ask(officer, **changes)
    make_export()
    export.refresh_from_db()
    return export


def content_of(export: Export) -> bytes:
    assert export.file is not None
    return b"".join(read_file(file=export.file))


def jobs() -> list[tuple[str, str | None]]:
    return list(ProcrastinateJob.objects.filter(task_name=MAKE_TASK).values_list("task_name", "lock"))


def test_a_register_file_is_made_and_read_back_without_a_change(officer: Account) -> None:
    read(ANNA, JAN)
    for file_format in ExportFormat:
        export = made(officer, file_format=file_format)
        assert (export.state, export.rows, export.rows_done, export.attempts) == ("ready", 2, 2, 1)
        assert import_register(file=io.BytesIO(content_of(export))).changes == NOTHING


def test_the_file_has_a_name_of_the_programs_and_is_the_owners(officer: Account) -> None:
    export = made(officer, file_format=ExportFormat.XLSX)
    assert export.file is not None
    assert export.file.name == f"ewidencja-{timezone.localdate()}.xlsx"
    assert (export.file.owner, export.file.purpose) == (officer.pk, "register-export")
    assert export.file.size == len(content_of(export))
    assert made(officer, content=ExportContent.PEOPLE).file.name == f"egzaminatorzy-{timezone.localdate()}.csv"  # type: ignore[union-attr]  # it is ready


def test_the_list_names_people_and_says_how_they_stand_without_any_pesel(officer: Account) -> None:
    anna = make_examiner(email="z@ewidencji.example")
    add_entry(anna, "=2/2020", state="struck-off")  # type: ignore[arg-type]  # the value of the choice
    make_account(anna, email="anna@example.org")
    make_claim(make_examiner(pesel=PESELS[1], numbers=("B/1", "B/2"), surname="Nowak", first_names="-"))
    make_examiner(pesel=PESELS[2], numbers=(), surname="Żak", email="zak@example.org")
    export = made(officer, content=ExportContent.PEOPLE, file_format=ExportFormat.XLSX)
    file = io.BytesIO(content_of(export))
    heading, *rows = load_workbook(file).worksheets[0].iter_rows(values_only=True)
    assert heading == (
        "Nazwisko", "Imiona", "Numery ewidencyjne", "Zakresy", "Numery skreślone", "Konto", "Adres e-mail",
        "Odnotowano śmierć",
    )  # fmt: skip
    assert rows == [
        ("Łukasik", "Anna Maria", "MBI/1/2019", "MBI", "'=2/2020", "aktywne", "anna@example.org", None),
        ("Nowak", None, "B/1, B/2", "MBI", None, "czeka na aktywację", None, None),
        ("Żak", "Anna Maria", None, None, None, "bez konta", "zak@example.org", None),
    ]


def test_a_record_that_was_joined_into_another_is_in_no_file(officer: Account) -> None:
    kept, other = make_examiner(), make_examiner(pesel=PESELS[1], numbers=(), surname="Dawna")
    Examiner.objects.filter(pk=other.pk).update(joined_into=kept)
    export = made(officer, content=ExportContent.PEOPLE)
    assert (export.rows, "Dawna" in content_of(export).decode()) == (1, False)
    assert keep_totals().examiners == 1


def test_its_queries_do_not_grow_with_the_people(officer: Account) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            made(officer, content=ExportContent.PEOPLE)
        return len(caught)

    make_account(make_examiner())
    few = queries()
    for number, pesel in enumerate(PESELS[1:4]):
        make_account(make_examiner(pesel=pesel, numbers=(f"B/{number}", f"C/{number}")), email=f"{number}@example.org")
    assert queries() == few


def test_asking_is_recorded_with_the_reason_and_nobodys_data(officer: Account) -> None:
    make_examiner()
    export = ask(officer)
    event = Event.objects.get(tag=Tag.EXPORT_ASKED)
    assert (event.actor, event.subject, event.ip) == (officer.pk, officer.pk, "192.0.2.1")
    assert event.details == {
        "export": str(export.pk),
        "content": "register-file",
        "format": "csv",
        "columns": [
            "pesel", "identyfikator", "imiona", "nazwisko", "email", "ulica", "numer_domu",
            "numer_lokalu", "kod_pocztowy", "miejscowosc", "numer_ewidencyjny", "zakres", "rodzaj_decyzji",
            "nr_decyzji", "data_decyzji",
        ],
        "people": 1,
    }  # fmt: skip
    assert StaffText.objects.get().text == REASON
    assert event.staff_text == export.reason_id == StaffText.objects.get().pk


def test_each_download_is_recorded_as_a_look_with_the_same_reason(officer: Account) -> None:
    read(ANNA, JAN)
    export = made(officer)
    record_download(export=export, by=Actor(officer.pk, "192.0.2.1"))
    event = Event.objects.get(tag=Tag.EXPORT_DOWNLOADED)
    assert (event.actor, event.staff_text, event.details["rows"]) == (officer.pk, export.reason_id, 2)
    assert event.details["roles"] == ["ewidencja"]


def test_the_inspectors_are_told_of_pesels_and_of_nothing_else(officer: Account) -> None:
    make_examiner()
    for number in range(2):
        make_staff(email=f"iod{number}@oke.example", name="Iga Inspektor", roles=[Role.INSPECTOR])
    ask(officer, content=ExportContent.PEOPLE)
    assert not Email.objects.filter(kind=EmailKind.REGISTER_EXPORTED).exists()
    ask(officer)
    told = Email.objects.filter(kind=EmailKind.REGISTER_EXPORTED).order_by("email")
    assert [email.email for email in told] == ["iod0@oke.example", "iod1@oke.example"]
    assert "Jan Nowak prosi w panelu o plik z numerem PESEL 1 osoby" in " ".join(text_of(told[0]).split())


def test_a_board_without_an_inspector_is_told_itself(officer: Account) -> None:
    ask(officer)
    assert Email.objects.filter(kind=EmailKind.REGISTER_EXPORTED).count() == 1


def test_a_form_that_is_sent_twice_makes_one_file(officer: Account) -> None:
    first = ask(officer)
    again = ask(officer, export_id=first.pk, content=ExportContent.PEOPLE, reason="Inny powód")
    assert (again.pk, again.content, Export.objects.count()) == (first.pk, ExportContent.REGISTER_FILE, 1)
    assert jobs() == [(MAKE_TASK, MAKE_TASK)]
    assert Event.objects.filter(tag=Tag.EXPORT_ASKED).count() == 1


def test_after_twenty_files_in_a_day_the_next_is_made_tomorrow(officer: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(DAILY.most):
            ask(officer)
        with pytest.raises(ExportsUsedUpError):
            ask(officer)
        assert Export.objects.count() == DAILY.most == 20
        clock.shift(datetime.timedelta(days=1))
        ask(officer)


def test_who_lost_the_permission_meanwhile_gets_no_file(officer: Account) -> None:
    make_examiner()
    pesels, people = ask(officer), ask(officer, content=ExportContent.PEOPLE)
    change_roles(member=officer, roles=[Role.HELP_DESK], by=SYSTEM)
    make_export()
    make_export()
    assert {Export.objects.get(pk=one.pk).state for one in (pesels, people)} == {ExportState.FAILED}
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("role", Role)
def test_the_content_is_a_matter_of_two_permissions(role: Role) -> None:
    member = make_staff(roles=[role])
    assert [may_have(member=member, content=content) for content in ExportContent] == [role == Role.RECORDS] * 5
    lists_only = make_staff(email="listy@oke.example", roles=[])
    group, _ = Group.objects.get_or_create(name="listy")
    group.permissions.set(Permission.objects.filter(content_type__app_label="register", codename="export"))
    lists_only.groups.add(group)
    assert [may_have(member=lists_only, content=content) for content in ExportContent] == [
        content == ExportContent.PEOPLE for content in ExportContent
    ]


def test_a_damaged_pesel_is_named_and_no_file_is_kept(officer: Account) -> None:
    examiner = make_examiner()
    read(JAN, ANNA | {"pesel": PESELS[2], "numer_ewidencyjny": "X/1"})
    spoil(Examiner.objects.exclude(pk=examiner.pk).order_by("sort_key")[0])
    assert made(officer).state == ExportState.FAILED
    assert (StoredFile.objects.count(), Piece.objects.count()) == (0, 0)
    assert Event.objects.get(tag=Tag.VALUE_UNDECRYPTABLE).details["location"] == "register.examiner.pesel"


def test_a_mistake_of_the_programs_is_named_as_failed_and_raised(
    officer: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(officer)
    monkeypatch.setattr(making, "people_of", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_one_export()
    export.refresh_from_db()
    assert (export.state, StoredFile.objects.count()) == (ExportState.FAILED, 0)


def test_what_a_killed_job_left_is_begun_again_and_given_up_after_three_times(officer: Account) -> None:
    export = ask(officer)
    for attempt in (1, 2, 3):
        taken = take_due()  # and killed
        assert taken is not None
        assert taken.attempts == attempt
    assert take_due() is None
    export.refresh_from_db()
    assert export.state == ExportState.FAILED


def test_the_oldest_is_made_first(officer: Account) -> None:
    first, second = ask(officer), ask(officer)
    assert [taken.pk for taken in (take_due(),) if taken] == [first.pk]
    Export.objects.filter(pk=first.pk).update(state=ExportState.FAILED)
    assert [taken.pk for taken in (take_due(),) if taken] == [second.pk]


def test_a_job_that_was_taken_for_dead_changes_nothing_any_more(officer: Account) -> None:
    ask(officer)
    slow, second = take_due(), take_due()
    assert slow is not None
    assert second is not None
    file = write_file(owner=officer.pk, purpose="test", name="x", content=[b"x"])
    with pytest.raises(ExportStoppedError):
        set_progress(export=slow, rows_done=1)
    with pytest.raises(ExportStoppedError):
        finish_export(export=slow, file=file)
    finish_export(export=second, file=file)
    assert Export.objects.get().state == ExportState.READY


def test_an_export_that_waits_in_vain_gets_another_job(officer: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(officer)
        ProcrastinateJob.objects.all().delete()
        tidy_exports(0)
        assert jobs() == []
        clock.shift(datetime.timedelta(minutes=10))
        tidy_exports(0)
        assert jobs() == [(MAKE_TASK, MAKE_TASK)]


def test_it_is_deleted_a_day_after_it_was_made_with_its_file(officer: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        export = ask(officer)
        failed = ask(officer)
        clock.shift(datetime.timedelta(hours=1))
        make_export()
        Export.objects.filter(pk=failed.pk).update(state=ExportState.FAILED)
        export.refresh_from_db()
        clock.shift(datetime.timedelta(hours=23))
        assert (delete_expired_exports(), delete_expired_files()) == (1, 0)
        assert open_file(export=export, account_id=officer.pk) is not None
        clock.shift(datetime.timedelta(hours=1))
        assert open_file(export=export, account_id=officer.pk) is None
        assert (delete_expired_exports(), delete_expired_files()) == (0, 1)
        assert (Export.objects.count(), Piece.objects.count()) == (0, 0)
    assert Event.objects.filter(tag=Tag.EXPORT_ASKED).count() == 2


def test_the_end_of_an_account_ends_its_exports(officer: Account) -> None:
    make_examiner()
    made(officer)
    other = made(make_staff(email="inna@oke.example", roles=[Role.RECORDS]))
    ask(officer)
    end_member(member=officer, by=SYSTEM)
    assert [export.pk for export in Export.objects.all()] == [other.pk]
    assert [file.pk for file in StoredFile.objects.all()] == [other.file_id]


def test_a_job_at_work_when_its_owner_is_ended_leaves_nothing(
    officer: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read(ANNA)

    def end_then_go_on(**arguments: Any) -> None:
        end_member(member=officer, by=SYSTEM)
        set_progress(**arguments)

    export = ask(officer)
    monkeypatch.setattr(making, "set_progress", end_then_go_on)
    with caplog.at_level("INFO"):
        make_export()
    assert f"Export {export.pk} was stopped" in caplog.text
    assert (Export.objects.count(), StoredFile.objects.count(), Piece.objects.count()) == (0, 0, 0)


def test_a_file_without_its_row_is_no_export() -> None:
    file = write_file(owner=uuid.uuid4(), purpose="test", name="x", content=[b"x"])
    complete_file(file=file)
    with pytest.raises(ExportStoppedError):
        finish_export(export=Export(pk=uuid.uuid4()), file=file)


def test_no_reason_no_pesel_reaches_logs_or_jobs(officer: Account, caplog: pytest.LogCaptureFixture) -> None:
    read(ANNA)
    with caplog.at_level("DEBUG"):
        made(officer)
    assert (ANNA["pesel"] in caplog.text, REASON in caplog.text) == (False, False)
    assert [job.args for job in ProcrastinateJob.objects.filter(task_name=MAKE_TASK)] == [{}]


def test_undecryptable_is_the_only_way_a_missing_piece_shows(officer: Account) -> None:
    export = made(officer)
    Piece.objects.all().delete()
    with pytest.raises(UndecryptableError):
        content_of(export)
