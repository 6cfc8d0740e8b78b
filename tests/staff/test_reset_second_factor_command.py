import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from egzaminator.accounts.domain.mfa import SecondFactors, second_factors_of
from egzaminator.accounts.models import Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.acts import confirm
from egzaminator.staff.models import Act
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.mfa import give_totp, log_in, send, totp_code
from tests.helpers.staff_texts import reason_of

pytestmark = pytest.mark.django_db
REASON = "lost phone; known by voice and case file"


def reset(monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    said = io.StringIO()
    monkeypatch.setattr("builtins.input", lambda _prompt: name)
    call_command("reset_second_factor", REASON, stdout=said)
    return said.getvalue()


def test_takes_all_factors_ends_sessions_and_tells_the_owner(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account(make_examiner())
    give_totp(account)
    log_in(browser)
    send(browser, "/konto/logowanie/drugi-krok/", code=totp_code())
    assert Session.objects.filter(account=account).count() == 1
    assert "a second person confirms it in the panel" in reset(monkeypatch, f" {PESELS[0]}\n")
    assert Session.objects.filter(account=account).count() == 1
    second = make_staff()
    confirm(act_id=Act.objects.get().id, member=second)
    assert second_factors_of(account=account) == SecondFactors()
    assert Session.objects.filter(account=account).count() == 0
    event = Event.objects.get(tag=Tag.SECOND_FACTOR_RESET)
    assert (event.subject, event.actor, reason_of(event)) == (account.id, second.id, REASON)
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS, related_id=account.id).count() == 2
    assert log_in(browser)["Location"] == "/konto/"


def test_says_when_there_is_nothing_to_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="no such account"):
        reset(monkeypatch, PESELS[0])
    make_account(make_examiner())
    with pytest.raises(CommandError, match="no second factor"):
        reset(monkeypatch, PESELS[0])
