"""What is over is deleted, and nothing else."""

import datetime

import pytest
import time_machine
from django.test import Client

from egzaminator.accounts.domain.delete_ended import delete_ended_links, delete_ended_sessions, delete_unseen_devices
from egzaminator.accounts.domain.remember_device import remember_device
from egzaminator.accounts.models import KnownDevice, Link, Session
from egzaminator.limits.domain.delete_ended_counters import delete_ended_counters
from egzaminator.limits.models import Counter
from egzaminator.onboarding.domain.delete_closed_claims import delete_closed_claims
from egzaminator.onboarding.domain.expire_claims import expire_claims
from egzaminator.onboarding.models import Claim
from tests.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner

pytestmark = pytest.mark.django_db
START = datetime.datetime(2026, 11, 1, 10, tzinfo=datetime.UTC)


def test_a_form_that_nobody_activated_is_closed_and_then_deleted():
    with time_machine.travel(START, tick=False) as clock:
        claim = make_claim(make_examiner())
        clock.shift(datetime.timedelta(days=29))
        assert (expire_claims(), delete_closed_claims()) == (0, 0)
        clock.shift(datetime.timedelta(days=1))
        assert (expire_claims(), delete_closed_claims()) == (1, 0)
        claim.refresh_from_db()
        assert claim.closing == "expired"
        clock.shift(datetime.timedelta(days=7))
        assert (expire_claims(), delete_closed_claims()) == (0, 1)
        assert Claim.objects.count() == 0


def test_links_say_for_a_month_why_they_are_dead():
    with time_machine.travel(START, tick=False) as clock:
        make_claim(make_examiner())
        clock.shift(datetime.timedelta(days=36))
        assert delete_ended_links() == 0
        clock.shift(datetime.timedelta(days=1))
        assert delete_ended_links() == 1
        assert Link.objects.count() == 0


def test_sessions_and_counters_go_when_they_are_over():
    with time_machine.travel(START, tick=False) as clock:
        make_account(make_examiner())
        Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
            "/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}
        )
        assert (delete_ended_sessions(), delete_ended_counters()) == (0, 0)
        clock.shift(datetime.timedelta(hours=25))
        assert (delete_ended_sessions(), delete_ended_counters()) == (1, 4)
        assert (Session.objects.count(), Counter.objects.count()) == (0, 0)


def test_a_device_that_nobody_logs_in_with_is_forgotten_after_a_year():
    with time_machine.travel(START, tick=False) as clock:
        account = make_account(make_examiner())
        remember_device(account=account, token="", user_agent="")
        token = remember_device(account=account, token="", user_agent="").token
        clock.shift(datetime.timedelta(days=1))
        remember_device(account=account, token=token, user_agent="")
        clock.shift(datetime.timedelta(days=364))
        assert delete_unseen_devices() == 1
        assert KnownDevice.objects.get().first_seen_at == START
