import re

import pytest
import time_machine
from django.test import Client

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.notifications import NOTICES, OF_ONE_ACCOUNT, notify_new_device
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.passwords import set_password
from egzaminator.accounts.models import Account, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner
from tests.helpers.html import Response
from tests.helpers.links import mailed_path, mailed_token, text_of

pytestmark = pytest.mark.django_db
THIEF, OWNER = "thief@example.net", "anna@example.org"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def mailboxes_notified(kind: EmailKind) -> list[str]:
    return list(Email.objects.filter(kind=kind).order_by("created_at").values_list("email", flat=True))


def set_again(account: Account) -> None:
    set_password(account=account, encoded=hash_password(password="kasztan-rower-okno-mgla"))


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


def new_browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.1")


def log_in(client: Client, secret: str = PASSWORD) -> Response:
    return client.post("/konto/logowanie/", {"name": PESELS[0], "secret": secret})


def new_device_notices() -> int:
    return Email.objects.filter(kind=EmailKind.NEW_DEVICE).count()


def test_what_a_thief_had_sent_to_a_mailbox_of_their_own_keeps_nothing_from_the_owners() -> None:
    account = make_account(make_examiner(), email=THIEF)
    for _ in range(NOTICES.most + 1):
        set_again(account)
        notify_new_device(account=account, device="")
    account.email = OWNER
    account.save()
    set_again(account)
    notify_new_device(account=account, device="")
    assert mailboxes_notified(EmailKind.PASSWORD_CHANGED) == [THIEF] * NOTICES.most + [OWNER]
    assert mailboxes_notified(EmailKind.NEW_DEVICE) == [THIEF] * OF_ONE_ACCOUNT.most + [OWNER]


def test_the_very_first_login_is_no_news(account: Account) -> None:
    log_in(new_browser())
    assert (new_device_notices(), Event.objects.filter(tag=Tag.DEVICE_NEW).count()) == (0, 0)
    event = Event.objects.get(tag=Tag.LOGIN_SUCCEEDED)
    assert event.details["device"] == "Firefox, Windows"


def test_a_browser_that_is_known_is_no_news(account: Account) -> None:
    browser = new_browser()
    log_in(browser)
    Session.objects.all().delete()
    log_in(browser)
    assert new_device_notices() == 0


def test_another_browser_is_told_of_with_a_way_to_freeze_the_account(account: Account) -> None:
    log_in(new_browser())
    with time_machine.travel("2026-11-22T09:54:00Z", tick=False):
        log_in(new_browser())
    (message,) = Email.objects.filter(kind=EmailKind.NEW_DEVICE)
    text = re.sub(r"\s+", " ", text_of(message))
    assert (message.email, message.related_id, message.recipient_name) == (
        "anna@example.org",
        account.id,
        "Anna Maria Łukasik",
    )
    assert "niedziela, 22 listopada 2026, 10:54." in text
    assert "Firefox, Windows" in text
    assert "192.0.2.1" not in text
    event = Event.objects.get(tag=Tag.DEVICE_NEW)
    assert (event.actor, event.subject, event.ip) == (None, account.id, "192.0.2.1")
    assert event.details == {"device": "Firefox, Windows"}
    assert Client().get(mailed_path(EmailKind.NEW_DEVICE, "anna@example.org")).status_code == 200
    freeze_by_link(token=mailed_token(EmailKind.NEW_DEVICE, "anna@example.org"))
    account.refresh_from_db()
    assert not account.is_active


def test_a_refused_login_tells_nobody(account: Account) -> None:
    log_in(new_browser())
    log_in(new_browser(), "wrong password")
    freeze(account)
    log_in(new_browser())
    assert new_device_notices() == 0


def test_who_never_keeps_cookies_gets_so_many_e_mails_a_day_and_every_login_is_recorded(account: Account) -> None:
    with time_machine.travel("2026-11-22T09:54:00Z", tick=False) as clock:
        for _ in range(OF_ONE_ACCOUNT.most + 2):
            clock.shift(120)
            log_in(new_browser())
        assert new_device_notices() == OF_ONE_ACCOUNT.most
        assert Event.objects.filter(tag=Tag.DEVICE_NEW).count() == OF_ONE_ACCOUNT.most + 1
        assert Event.objects.get(tag=Tag.MAIL_CAPPED).details == {"limit": "device.account"}
        clock.shift(24 * 60 * 60)
        log_in(new_browser())
        assert new_device_notices() == OF_ONE_ACCOUNT.most + 1
