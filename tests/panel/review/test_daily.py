import datetime

import pytest
import time_machine

from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.models import Profile
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.panel.review.daily import mail_what_waits
from egzaminator.panel.tasks import mail_what_waits_today
from tests.helpers.concurrency import at_once
from tests.helpers.factories import DETAILS, freeze, make_account, make_examiner
from tests.helpers.links import text_of

pytestmark = pytest.mark.django_db
MORNING = datetime.datetime(2026, 11, 23, 5, 0, tzinfo=datetime.UTC)


def sent() -> list[Email]:
    return list(Email.objects.filter(kind=EmailKind.TO_REVIEW).order_by("created_at"))


def test_tells_how_much_of_what_and_of_nobody() -> None:
    account = make_account(make_examiner())
    change_details(account=account, details=DETAILS | {"surname": "Żak"})
    freeze(account)
    mail_what_waits_today(0)
    (email,) = sent()
    text = text_of(email)
    assert email.email == "sekretariat@oke.poznan.pl"
    assert "„To nie ja”: zablokowane konta: 1" in text
    assert "Zmiany danych: 1" in text
    assert "Nazwisko inne niż w ewidencji: 1" in text
    assert "/panel/do-sprawdzenia/" in text
    assert not any(name in text for name in ("Łukasik", "Żak", "Anna", "Zakresy bez"))


def test_is_sent_once_a_day_and_not_when_nothing_waits() -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        assert not mail_what_waits()
        account = make_account(make_examiner())
        change_details(account=account, details=DETAILS | {"locality": "Gniezno"})
        assert [mail_what_waits(), mail_what_waits()] == [True, False]
        clock.shift(datetime.timedelta(days=1))
        assert [mail_what_waits(), mail_what_waits()] == [True, False]
        clock.shift(datetime.timedelta(days=1))
        Profile.objects.update(changed_since=None)
        assert not mail_what_waits()
    assert len(sent()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_it_once() -> None:
    account = make_account(make_examiner())
    change_details(account=account, details=DETAILS | {"locality": "Gniezno"})
    assert sorted(at_once(mail_what_waits, mail_what_waits)) == [False, True]
    assert len(sent()) == 1
