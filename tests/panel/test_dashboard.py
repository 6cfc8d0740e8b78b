import datetime

import pytest
import time_machine
from django.test import Client

from egzaminator.mail.domain.deliver import deliver_due
from tests.helpers.factories import make_staff
from tests.helpers.html import words_of
from tests.helpers.mail import queue
from tests.helpers.receiver import ANYBODY, Receiver

START = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def test_staff_see_since_when_e_mails_do_not_go_out_and_what_the_server_said(mailbox: Receiver) -> None:
    with time_machine.travel(START, tick=False) as clock:
        staff = Client(headers={"Sec-Fetch-Site": "same-origin"})
        staff.force_login(make_staff())
        assert "E-maile nie wychodzą" not in words_of(staff.get("/panel/"))
        mailbox.answer("RCPT", ANYBODY, "550 <anna@example.pl>: Sender verify failed")
        queue("anna@example.pl")
        deliver_due()

        page = staff.get("/panel/").content.decode()
        assert "E-maile nie wychodzą" in page
        assert "Początek awarii: niedziela, 22 listopada 2026, 10:54." in page
        assert "Sender verify failed" in page
        assert "anna@example.pl" not in page

        clock.shift(datetime.timedelta(hours=2))
        assert deliver_due() == 1
        assert "E-maile nie wychodzą" not in words_of(staff.get("/panel/"))
