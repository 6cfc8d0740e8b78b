import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.freezing import freeze_by_link, unfreeze_account
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.domain.retention import delete_ended_accounts, notify_before_deletion
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import AccountClosedError, LinkError
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import log_in
from egzaminator.login.errors import AccountBlockedError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.deceased import mark_deceased, undo_deceased
from egzaminator.onboarding.errors import NotDeceasedError
from egzaminator.register.models import Examiner
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_examiner, make_old
from tests.helpers.links import mailed_token, text_of
from tests.helpers.staff_texts import reason_of

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 1)
ANNA, NEW = "anna@example.org", "nowa@example.org"


@pytest.fixture
def account() -> Account:
    return make_old(make_account(make_examiner(numbers=("A/1", "B/2")), email=ANNA))


def mark(account: Account) -> None:
    assert account.examiner_id is not None
    mark_deceased(examiner_id=account.examiner_id, on=DAY)


def undo(account: Account) -> None:
    assert account.examiner_id is not None
    undo_deceased(examiner_id=account.examiner_id, reason="pomyłka")


def token_of(purpose: LinkPurpose, account: Account) -> str:
    url = issue_link(purpose=purpose, subject=account.id, email=ANNA, language="pl")
    return url.rstrip("/").rpartition("/")[2]


def test_every_link_dies_the_one_to_a_new_address_too(account: Account) -> None:
    request_email_change(account=account, email=NEW, password=PASSWORD)
    reset, freezing = token_of(LinkPurpose.RESET, account), token_of(LinkPurpose.FREEZE, account)
    mark(account)
    assert not Link.objects.filter(used_at=None, withdrawn_at=None).exists()
    with pytest.raises(LinkError):
        confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, NEW), password=PASSWORD, proven_account=account.id)
    with pytest.raises(LinkError):
        reset_password(token=reset, password="zupelnie-nowe-haslo-2026")
    with pytest.raises(LinkError):
        freeze_by_link(token=freezing)
    account.refresh_from_db()
    assert (account.email, account.state, account.barred_by) == (ANNA, "closed", "death")
    assert account.email_changes.get().outcome == "stopped"


def test_nobody_gives_the_account_of_who_died_back(account: Account) -> None:
    mark(account)
    with pytest.raises(AccountClosedError):
        unfreeze_account(account=account, reason="-", is_agreed=True)
    for alone in (False, True):
        with pytest.raises(CommandError, match="undo_deceased comes first"):
            call_command("unfreeze_account", "A/1", reason="rozmowa", alone=alone)
    with pytest.raises(CommandError, match="frozen already"):
        call_command("freeze_account", "A/1", reason="rozmowa")


def test_a_living_examiner_marked_by_mistake_and_given_back_is_never_deleted(account: Account) -> None:
    mark(account)
    undo(account)
    account.refresh_from_db()
    assert (account.state, account.barred_by) == ("frozen", "death-withdrawn")
    notice = Email.objects.get(kind=EmailKind.FROZEN_NOTICE)
    assert notice.email == ANNA
    assert "Przez pomyłkę" in text_of(notice)
    with pytest.raises(AccountBlockedError):
        log_in(name=PESELS[0], secret=PASSWORD, ip="192.0.2.1")
    with time_machine.travel("2080-01-01T00:00:00Z", tick=False):
        assert (notify_before_deletion(), delete_ended_accounts()) == (0, 0)
        unfreeze_account(account=account, reason="-")
        assert (notify_before_deletion(), delete_ended_accounts()) == (0, 0)
    account.refresh_from_db()
    assert account.state == "active"
    died, withdrawn = Event.objects.filter(subject=account.examiner_id).order_by("at")
    assert (died.tag, died.staff_text) == (Tag.EXAMINER_DECEASED, None)
    assert (withdrawn.tag, withdrawn.details, reason_of(withdrawn)) == (Tag.DEATH_WITHDRAWN, {}, "pomyłka")


def test_a_mark_and_its_undoing_free_no_stolen_account(account: Account) -> None:
    freeze(account)
    since = account.barred_at
    mark(account)
    undo(account)
    account.refresh_from_db()
    assert (account.state, account.barred_at) == ("frozen", since)


def test_marking_again_corrects_the_day_and_not_since_when(account: Account) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        mark(account)
        clock.shift(datetime.timedelta(days=10))
        assert account.examiner_id is not None
        mark_deceased(examiner_id=account.examiner_id, on=datetime.date(2026, 1, 2))
    examiner = Examiner.objects.get()
    assert examiner.deceased_on == datetime.date(2026, 1, 2)
    assert examiner.deceased_marked_at == datetime.datetime(2026, 11, 1, 10, tzinfo=datetime.UTC)


def test_who_is_not_marked_cannot_be_unmarked(account: Account) -> None:
    with pytest.raises(NotDeceasedError):
        undo(account)
    account.refresh_from_db()
    assert account.state == "active"


def test_the_living_log_in_for_the_first_time_again() -> None:
    examiner = make_examiner(numbers=("A/1",))
    mark_deceased(examiner_id=examiner.id, on=DAY)
    undo_deceased(examiner_id=examiner.id, reason="pomyłka")
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A/1"})["Location"] == "/konto/zakladanie/"


# Commands -----------------------------------------------------------------------------------------------------------


def answer(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    given = iter(answers)
    monkeypatch.setattr("builtins.input", lambda _: next(given))


def test_the_command_shows_who_it_is_and_asks(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, PESELS[0], "no")
    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        call_command("mark_deceased", "2026-01-01")
    shown = capsys.readouterr().out
    assert "Anna Maria Łukasik" in shown
    assert "registration numbers: A/1, B/2" in shown
    assert PESELS[0] not in shown
    assert str(PESELS[0][-2:]) in shown
    assert Examiner.objects.get().deceased_on is None

    answer(monkeypatch, PESELS[0], " Yes ")
    call_command("mark_deceased", "01.01.2026")
    assert Examiner.objects.get().deceased_on == DAY

    answer(monkeypatch, PESELS[0], "")
    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        call_command("undo_deceased", reason="pomyłka")
    answer(monkeypatch, PESELS[0])
    call_command("undo_deceased", reason="pomyłka", yes=True)
    assert Examiner.objects.get().deceased_on is None
    assert "unfreeze_account gives it back" in capsys.readouterr().out


def test_the_command_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, PESELS[0])
    with pytest.raises(CommandError, match="no such examiner"):
        call_command("undo_deceased", reason="rozmowa", yes=True)
    make_examiner()
    answer(monkeypatch, PESELS[0])
    with pytest.raises(CommandError, match="does not say that they died"):
        call_command("undo_deceased", reason="rozmowa", yes=True)
