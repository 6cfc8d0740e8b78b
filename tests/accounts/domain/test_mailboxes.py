import datetime
import uuid

import pytest
import time_machine
from django.utils import timezone

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff, needs_second_person, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.mailboxes import known_emails, known_mailboxes, mailboxes_to_notify
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.catalogue import EmailKind
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.models import Examiner
from tests.helpers.factories import PASSWORD, make_account, make_examiner, make_old, make_staff
from tests.helpers.links import mailed_token
from tests.register import files
from tests.register.files import csv_file

pytestmark = pytest.mark.django_db
START = datetime.datetime(2026, 3, 1, 10, tzinfo=datetime.UTC)
ROW = files.ANNA
ANNA, THIEF, KNOWN = "anna@example.org", "thief@example.net", "known@example.org"


def change(account: Account, email: str) -> None:
    request_email_change(account=account, email=email, password=PASSWORD)
    confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, email), password=None, proven_account=account.id)
    account.refresh_from_db()


def known(account: Account, *, by_command: bool = False) -> list[str]:
    account = Account.objects.select_related("examiner").get(pk=account.pk)
    return known_mailboxes(account=account, asked_by=None if by_command else make_staff_id())


def make_staff_id() -> uuid.UUID:
    return (Account.objects.filter(examiner=None).first() or make_staff()).id


def test_who_changed_the_address_and_froze_the_account_and_called_has_no_known_mailbox() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner(), email=ANNA)
        clock.shift(datetime.timedelta(days=200))
        change(account, THIEF)
        clock.shift(datetime.timedelta(days=29, hours=23))
        freeze_by_link(token=_freeze_token(account))
        assert known(account) == [ANNA]
        clock.shift(datetime.timedelta(days=400))  # while the account is frozen, no mailbox becomes known by age
        assert known(account) == [ANNA]
        account.refresh_from_db()
        assert needs_second_person(account=account, email=THIEF, asked_by=make_staff_id())
        assert not needs_second_person(account=account, email=ANNA, asked_by=make_staff_id())


def _freeze_token(account: Account) -> str:
    url = issue_link(purpose=LinkPurpose.FREEZE, subject=account.id, email=THIEF, language="pl")
    return url.rstrip("/").rpartition("/")[2]


def test_a_mailbox_is_known_after_thirty_days() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner(), email=ANNA)
        clock.shift(datetime.timedelta(days=29))
        assert known(account) == []
        clock.shift(datetime.timedelta(days=1))
        assert known(account) == [ANNA]
        change(account, "nowa@example.org")
        clock.shift(datetime.timedelta(days=29))
        assert known(account) == [ANNA]
        clock.shift(datetime.timedelta(days=2))
        assert known(account) == ["nowa@example.org"]
        assert known_emails(account=account) == ["nowa@example.org", ANNA]


def test_a_stranger_who_claimed_first_is_no_owner() -> None:
    account = make_account(make_examiner(email=KNOWN), email=THIEF)
    freeze_by_staff(account=account, reason="-")
    assert known(account) == [KNOWN]
    account.refresh_from_db()
    assert mailboxes_to_notify(account=account) == [KNOWN]


def test_for_want_of_a_known_mailbox_all_are_told_that_it_ever_had() -> None:
    account = make_account(make_examiner(), email=ANNA)
    assert mailboxes_to_notify(account=account) == [ANNA]
    change(account, THIEF)
    assert mailboxes_to_notify(account=account) == [THIEF, ANNA]


def test_what_the_register_got_by_an_import_is_known_to_the_panel_but_not_to_who_may_have_imported_it() -> None:
    with time_machine.travel(START, tick=False) as clock:
        examiner = make_examiner()
        account = make_old(make_account(examiner, email=ANNA))
        import_register(file=csv_file(ROW | {"email": KNOWN}))
        assert Examiner.objects.get().email_since == timezone.now()
        assert known(account) == [ANNA, KNOWN]
        assert known(account, by_command=True) == [ANNA]
        clock.shift(datetime.timedelta(days=30))
        import_register(file=csv_file(ROW | {"email": KNOWN.upper()}))
        assert known(account, by_command=True) == [ANNA, Examiner.objects.get().email]


def test_an_address_that_staff_gave_the_account_is_in_its_history() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner(email=KNOWN), email=ANNA)
        clock.shift(datetime.timedelta(days=60))
        freeze_by_staff(account=account, reason="-")
        unfreeze_account(account=account, reason="-", email=KNOWN, by=Actor(make_staff_id()))
        row = account.email_changes.get()
        assert (row.old, row.new, row.outcome) == (ANNA, KNOWN, "given-back")
        Examiner.objects.update(email="")
        assert known(account) == [ANNA]
        clock.shift(datetime.timedelta(days=31))
        assert known(account) == [KNOWN]
