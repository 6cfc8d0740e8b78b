import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django.fixtures import Settings

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.encryption import IndexKeyChangedError
from egzaminator.key_rotation.domain.index_key import require_index_key
from egzaminator.key_rotation.domain.rotate_index_key import rotate_index_key
from egzaminator.key_rotation.errors import RotationUnderWayError
from egzaminator.key_rotation.models import IndexKey
from egzaminator.login.domain.password_reset import process_reset_requests, request_reset
from egzaminator.login.models import ResetRequest
from egzaminator.mail.models import Email
from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Examiner
from egzaminator.runtime.maintenance import begin_maintenance, end_maintenance, is_maintenance_on
from tests.helpers.concurrency import at_once
from tests.helpers.database_url import database_url
from tests.helpers.factories import PESELS, make_account, make_examiner
from tests.key_rotation.tampering import is_somebody_waiting, spoil, wait_until
from tests.register.files import ANNA, csv_file

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
NEW_IN_BASE64 = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.BLIND_INDEX_KEY = OLD
    return tmp_path


def found() -> list[bool]:
    return [find_examiner(name=pesel) is not None for pesel in PESELS[:2]]


def make_two() -> None:
    for pesel in PESELS[:2]:
        make_examiner(pesel=pesel, numbers=())
    make_examiner(pesel=None, identifier="BP 7", identifier_key="bp7", numbers=())


@pytest.mark.django_db
def test_people_are_found_by_the_new_key(settings: Settings) -> None:
    make_two()
    require_index_key()
    settings.BLIND_INDEX_KEY = NEW
    assert found() == [False, False]
    with pytest.raises(CommandError, match="Close the site first"):
        call_command("rotate_index_key")
    begin_maintenance()
    with pytest.raises(IndexKeyChangedError, match="is not the key"):
        call_command("maintenance", "off")
    out = io.StringIO()

    call_command("rotate_index_key", stdout=out)

    assert out.getvalue().startswith("Indexed anew: 2 of 2. Restart the web server and the workers")
    assert found() == [True, True]
    assert Event.objects.get(tag=Tag.KEYS_ROTATED).details == {"key": "index", "renewed": 2}
    call_command("maintenance", "off", stdout=out)
    assert not is_maintenance_on()
    settings.BLIND_INDEX_KEY = OLD
    with pytest.raises(IndexKeyChangedError):
        require_index_key()


@pytest.mark.django_db
def test_a_third_key_puts_right_what_a_second_left(settings: Settings) -> None:
    make_two()
    begin_maintenance()
    settings.BLIND_INDEX_KEY = NEW

    def die(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_index_key(progress=die)
    with pytest.raises(IndexKeyChangedError, match="was not finished"):
        require_index_key()
    settings.BLIND_INDEX_KEY = bytes(32)
    rotate_index_key()
    assert found() == [True, True]
    require_index_key()


@pytest.mark.django_db
def test_the_key_in_use_is_noted_where_none_was(settings: Settings) -> None:
    make_two()
    settings.BLIND_INDEX_KEY = NEW
    with pytest.raises(IndexKeyChangedError):
        require_index_key()
    assert not IndexKey.objects.exists()
    settings.BLIND_INDEX_KEY = OLD
    require_index_key()
    assert IndexKey.objects.count() == 1


@pytest.mark.django_db
def test_who_does_not_open_is_named_and_found_by_nobody(settings: Settings) -> None:
    make_two()
    spoilt = find_examiner(name=PESELS[0])
    assert spoilt is not None
    spoil(spoilt)
    begin_maintenance()
    settings.BLIND_INDEX_KEY = NEW
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="Some values do not open"):
        call_command("rotate_index_key", stdout=out, stderr=err)
    assert err.getvalue() == (
        f"No key opens register.examiner.pesel:{spoilt.id}: nobody finds that row until its value is put right.\n"
    )
    assert Event.objects.get(tag=Tag.VALUE_UNDECRYPTABLE).subject == spoilt.id
    assert found() == [False, True]
    require_index_key()


@pytest.mark.django_db
def test_an_import_with_another_key_is_refused_or_it_would_write_everybody_down_again(settings: Settings) -> None:
    import_register(file=csv_file(ANNA))
    settings.BLIND_INDEX_KEY = NEW
    with pytest.raises(IndexKeyChangedError):
        import_register(file=csv_file(ANNA))
    assert Examiner.objects.count() == 1


@pytest.mark.django_db
def test_requests_for_a_new_password_wait_until_people_can_be_found(settings: Settings) -> None:
    make_account(make_examiner())
    require_index_key()
    request_reset(name=PESELS[0], language="pl", ip="203.0.113.7")
    begin_maintenance()
    assert process_reset_requests() == 0
    end_maintenance()
    settings.BLIND_INDEX_KEY = NEW
    assert process_reset_requests() == 0
    assert ResetRequest.objects.count() == 1
    settings.BLIND_INDEX_KEY = OLD
    assert (process_reset_requests(), Email.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_rotations_do_not_mix() -> None:
    begin_maintenance()
    make_examiner(numbers=())
    begun, may_end = threading.Event(), threading.Event()

    def first() -> None:
        def progress(_: int) -> None:
            begun.set()
            assert may_end.wait(30)

        rotate_index_key(progress=progress)

    def second() -> None:
        assert begun.wait(30)
        try:
            rotate_index_key()
        finally:
            may_end.set()

    one, other = at_once(first, second)
    assert one is None
    assert isinstance(other, RotationUnderWayError)


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_an_import_under_way(settings: Settings) -> None:
    import_register(file=csv_file(ANNA))
    begin_maintenance()
    imports = threading.Event()

    def other_import() -> None:
        with transaction.atomic():
            require_index_key()
            imports.set()
            wait_until(is_somebody_waiting)
            make_examiner(pesel=PESELS[1], numbers=())

    def rotate() -> int:
        assert imports.wait(30)
        return rotate_index_key().renewed

    assert at_once(other_import, rotate) == [None, 0]
    assert Examiner.objects.count() == 2


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_nothing_starts_until_it_is_finished(settings: Settings, tmp_path: Path) -> None:
    for pesel in PESELS:
        make_examiner(pesel=pesel, numbers=())
    require_index_key()
    begin_maintenance()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "BLIND_INDEX_KEY": NEW_IN_BASE64,
    }

    def manage(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    with transaction.atomic():
        Examiner.objects.select_for_update().get(pk=Examiner.objects.order_by("-id")[0].pk)
        process = subprocess.Popen([sys.executable, "manage.py", "rotate_index_key"], env=environment)
        wait_until(is_somebody_waiting)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    opened = manage("maintenance", "off")
    assert (opened.returncode, opened.stderr) == (
        1,
        (
            "People cannot be found: the change of BLIND_INDEX_KEY was not finished. "
            "Run `python manage.py rotate_index_key`.\n"
        ),
    )
    assert manage("rotate_index_key").stdout.startswith("Indexed anew: 5 of 5.")
    assert manage("maintenance", "off").stdout == "The site is open.\n"
    settings.BLIND_INDEX_KEY = NEW
    assert found() == [True, True]
