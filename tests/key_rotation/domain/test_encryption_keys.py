import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models, transaction
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.mfa import second_factors_of
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.domain.staff_texts import keep_text
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.core.encrypted_fields import BlindIndexField, EncryptedField
from egzaminator.core.pesel import Pesel
from egzaminator.key_rotation.domain.columns import count_by_key, encrypted_columns
from egzaminator.key_rotation.domain.encryption_key_proofs import require_encryption_keys
from egzaminator.key_rotation.domain.encryption_keys import rotate_encryption_keys
from egzaminator.login.domain.password_reset import request_reset
from egzaminator.login.models import ResetRequest
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.mailings.models import Mailing
from egzaminator.onboarding.models import Claim
from egzaminator.register.domain.former_values import keep_former_value
from egzaminator.register.domain.imports.preview_rows import keep_rows, wrong_row
from egzaminator.register.domain.selections import select
from egzaminator.register.enums import RegisterField
from egzaminator.register.models import Examiner, FormerValue, Selection
from egzaminator.register.terms import Terms
from egzaminator.stored_files.domain.files import complete_file, read_file, write_file
from egzaminator.stored_files.models import PIECE_BYTES, StoredFile
from tests.helpers.concurrency import at_once
from tests.helpers.database_url import database_url
from tests.helpers.factories import DETAILS, HOME, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.links import text_of
from tests.helpers.mail import queue_example
from tests.helpers.mfa import give_totp
from tests.key_rotation.tampering import is_somebody_waiting, spoil, wait_until
from tests.mailings.writing import write
from tests.panel.imported import recorded

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
# Digests of random values, and short-lived keyed ones: nothing in them is encrypted or looked up.
DIGESTS = {
    ("accounts_knowndevice", "digest"),
    ("accounts_link", "digest"),
    ("key_rotation_encryptionkeyproof", "proof"),
    ("key_rotation_indexkey", "fingerprint"),
    ("register_import", "digest"),
    ("rate_limits_counter", "key"),
    ("rate_limits_backoffstate", "key"),
}


@pytest.fixture(autouse=True)
def old_key(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"k1": OLD}


@pytest.fixture
def new_key(settings: Settings) -> Callable[[], None]:
    """Put a new key before the old one."""

    def _new_key() -> None:
        settings.ENCRYPTION_KEYS = {"k2": NEW, "k1": OLD}

    return _new_key


NOT_TEXT = b"\xff\x00" * PIECE_BYTES  # two pieces


def fill_every_column() -> list[str]:
    """Fill every encrypted column. Return the recovery codes of an account."""
    examiner = make_examiner(email="known@example.org", postal_address=HOME)
    make_claim(examiner)
    reason = keep_text(text="Ślub", subject=examiner.id, by=SYSTEM)
    keep_former_value(examiner=examiner, field=RegisterField.SURNAME, value="Łukasik", by=SYSTEM, reason=reason)
    request_reset(name=PESELS[1], language="pl", ip="203.0.113.7")
    queue_example(EmailKind.ACT_ASKED)  # a kind of which a copy is kept
    account = make_account(make_examiner(pesel=PESELS[2], numbers=("C-3",)))
    keep_text(text="Zgubiony telefon", subject=account.id, by=SYSTEM)
    complete_file(file=write_file(owner=account.id, purpose="test", name="plik", content=[NOT_TEXT]))
    select(terms=Terms(search="Żak"), maker=account.id)
    write(make_staff(), body="Zapraszamy")
    one = recorded(examiner, by=account, surname=["Łukasik", "Żak"])
    keep_rows(one, [wrong_row(2, {}, [])])
    return give_totp(account)


def test_every_binary_column_says_what_it_holds() -> None:
    undeclared = {
        (model._meta.db_table, field.name)  # noqa: SLF001 -- Django's documented way to a model's fields
        for model in apps.get_models()
        for field in model._meta.concrete_fields  # noqa: SLF001 -- as above
        if isinstance(field, models.BinaryField) and not isinstance(field, EncryptedField | BlindIndexField)
    }
    assert undeclared == DIGESTS
    assert all(column.field.location for column in encrypted_columns())


def test_a_declared_column_is_a_binary_one_to_migrations() -> None:
    field = Examiner._meta.get_field("pesel_encrypted")  # noqa: SLF001 -- as above
    assert field.deconstruct() == ("pesel_encrypted", "django.db.models.BinaryField", [], {"null": True})


@pytest.mark.django_db
def test_whatever_is_encrypted_opens_with_the_new_key_alone(new_key: Callable[[], None], settings: Settings) -> None:
    codes = fill_every_column()
    filled = {
        (column.table, column.column)
        for column in encrypted_columns()
        if column.field.model._default_manager.exclude(**{column.field.name: None}).exists()  # noqa: SLF001 -- as above
    }
    assert filled == {(column.table, column.column) for column in encrypted_columns()}, (
        "a column that is not tried here"
    )
    before = count_by_key()
    assert set(before) == {"k1"}
    new_key()
    seen: list[int] = []

    rotation = rotate_encryption_keys(progress=seen.append)

    assert (rotation.renewed, rotation.unreadable, sum(seen)) == (before["k1"], set(), before["k1"])
    assert count_by_key() == {"k2": before["k1"]}
    settings.ENCRYPTION_KEYS = {"k2": NEW}
    assert {examiner.pesel for examiner in Examiner.objects.all()} == {Pesel(PESELS[0]), Pesel(PESELS[2])}
    assert Claim.objects.get().details == DETAILS
    assert all("http://localhost:8000/" in text_of(message) for message in Email.objects.all())
    assert second_factors_of(account=Account.objects.exclude(examiner=None).get()).fresh_codes == codes
    assert ResetRequest.objects.get().name == PESELS[1]
    assert {text.text for text in StaffText.objects.all()} == {"Ślub", "Zgubiony telefon"}
    assert FormerValue.objects.get().value == "Łukasik"
    assert b"".join(read_file(file=StoredFile.objects.get())) == NOT_TEXT
    assert Selection.objects.get().terms == Terms(search="Żak")
    assert (Mailing.objects.get().body, Mailing.objects.get().terms) == ("Zapraszamy", Terms())
    assert rotate_encryption_keys().renewed == 0
    assert [event.details for event in Event.objects.filter(tag=Tag.KEYS_ROTATED).order_by("at")] == [
        {"key": "k2", "renewed": before["k1"]},
        {"key": "k2", "renewed": 0},
    ]


@pytest.mark.django_db
def test_what_does_not_open_stays_and_is_named(new_key: Callable[[], None]) -> None:
    spoilt = make_examiner(numbers=())
    make_examiner(pesel=PESELS[1], numbers=())
    spoil(spoilt)
    new_key()
    out, err = io.StringIO(), io.StringIO()

    with pytest.raises(CommandError, match="Keep the older keys"):
        call_command("rotate_encryption_keys", stdout=out, stderr=err)

    assert out.getvalue() == "Encrypted anew with key k2: 1\n"
    assert err.getvalue() == (
        f"No key opens register.examiner.pesel:{spoilt.id}. It was changed outside the program, or its key is gone.\n"
        "Still encrypted with key k1: 1\n"
    )
    event = Event.objects.get(tag=Tag.VALUE_UNDECRYPTABLE)
    assert (event.subject, event.details) == (
        spoilt.id,
        {"location": "register.examiner.pesel", "row": str(spoilt.id)},
    )


@pytest.mark.django_db
def test_the_command_says_when_the_old_key_is_no_longer_in_use(new_key: Callable[[], None]) -> None:
    make_examiner(numbers=())
    new_key()
    out = io.StringIO()

    call_command("rotate_encryption_keys", stdout=out)

    assert out.getvalue().startswith("Encrypted anew with key k2: 1\nNo other key is in use.")


@pytest.mark.django_db
def test_many_values_that_do_not_open_stop_the_command(settings: Settings) -> None:
    require_encryption_keys()
    original = make_examiner(numbers=())
    rows = [
        Examiner(pesel_encrypted=original.pesel_encrypted, pesel_index=os.urandom(32), sort_key="", search_key="")
        for _ in range(700)
    ]
    Examiner.objects.bulk_create(rows)
    settings.ENCRYPTION_KEYS = {"k2": NEW, "k1": OLD}
    with pytest.raises(CommandError, match=r"More than a hundred values of register\.examiner\.pesel do not open"):
        call_command("rotate_encryption_keys")


@pytest.mark.django_db(transaction=True)
def test_what_others_hold_is_waited_for_and_their_change_stands(new_key: Callable[[], None]) -> None:
    fill_every_column()
    erased = Email.objects.order_by("id")[0]
    new_key()
    holds = threading.Event()

    def erase() -> None:
        with transaction.atomic():
            Email.objects.filter(pk=erased.pk).update(content=None)
            holds.set()
            wait_until(is_somebody_waiting)

    def rotate() -> None:
        assert holds.wait(30)
        rotate_encryption_keys()

    assert at_once(erase, rotate) == [None, None]
    assert Email.objects.get(pk=erased.pk).content is None
    assert set(count_by_key()) == {"k2"}


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_was(settings: Settings) -> None:
    for pesel in PESELS:
        make_examiner(pesel=pesel, numbers=())
    held = Examiner.objects.order_by("-id")[0]
    command = [sys.executable, "manage.py", "rotate_encryption_keys"]
    keys = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    environment = os.environ | {"DATABASE_URL": database_url(), "ENCRYPTION_KEYS": keys}
    with transaction.atomic():
        Examiner.objects.select_for_update().get(pk=held.pk)
        process = subprocess.Popen(command, env=environment)
        wait_until(is_somebody_waiting)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    settings.ENCRYPTION_KEYS = {"k2": NEW, "k1": OLD}
    assert count_by_key() == {"k1": 1, "k2": len(PESELS) - 1}

    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)

    assert again.stdout.startswith("Encrypted anew with key k2: 1\nNo other key is in use.")
    assert sorted(str(examiner.pesel and examiner.pesel.digits) for examiner in Examiner.objects.all()) == sorted(
        PESELS
    )
