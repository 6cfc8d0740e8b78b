import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from egzaminator.audit.actor import Actor
from egzaminator.panel.domain.exports import ask_for_export
from egzaminator.register.domain.exports import open_file
from egzaminator.register.enums import ExportContent, ExportFormat, ExportState
from egzaminator.register.models import Export
from egzaminator.staff.roles import Role
from egzaminator.stored_files.domain.files import is_open_to, read_file
from egzaminator.stored_files.models import Piece, StoredFile
from tests.faults.workers import Worker, kill, wait_for
from tests.helpers.factories import make_staff
from tests.register.files import ANNA
from tests.register.importing import read

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


def let_the_worker_be_taken_for_dead() -> None:
    """Do what would happen after half a minute without a heartbeat, at the next full minute."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    manager = JobManager(DjangoConnector())
    configure_task(name="mail.retry_stalled_jobs", job_manager=manager).defer(timestamp=0)


def test_killed_while_it_writes_an_export_is_begun_again_and_no_half_file_opens(
    start_worker: Callable[[int], Worker],
) -> None:
    assert "panel.make_export" in app.tasks
    read(ANNA)
    member = make_staff(roles=[Role.RECORDS])
    export = ask_for_export(
        export_id=uuid.uuid4(),
        selection=None,
        content=ExportContent.REGISTER_FILE,
        file_format=ExportFormat.CSV,
        reason="Na naradę",
        by=Actor(member.pk),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody writes into it; a worker that starts reads it, to prove the keys.
        cursor.execute("LOCK TABLE stored_files_piece IN SHARE MODE")
        worker = start_worker(1)
        wait_for(StoredFile.objects.exists)
        assert Export.objects.get().state == ExportState.RUNNING
        kill(worker)
    half = StoredFile.objects.get()
    assert not is_open_to(file=half, account_id=member.pk)

    let_the_worker_be_taken_for_dead()
    start_worker(1)
    wait_for(lambda: Export.objects.get().state == ExportState.READY)

    export = Export.objects.get()
    assert export.attempts == 2
    file = open_file(export=export, account_id=member.pk)
    assert file is not None
    assert ANNA["pesel"] in b"".join(read_file(file=file)).decode()
    half.refresh_from_db()
    assert not is_open_to(file=half, account_id=member.pk)
    assert not Piece.objects.filter(file=half).exists()
