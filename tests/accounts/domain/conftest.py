"""The account whose address changes. Most other modules here have an account of their own."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from egzaminator.accounts.models import Account
from tests.accounts.email_changes import OLD
from tests.helpers.factories import make_account, make_examiner

START = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def account(clock: time_machine.Traveller) -> Account:
    return make_account(make_examiner(), email=OLD)
