"""Acts asked for on the command line, which wait for a second person or for 48 hours."""

import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from egzaminator.accounts.domain.freezing import freeze_by_link, freeze_by_staff
from egzaminator.accounts.errors import NotFrozenError
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.staff.domain.acts import confirm, do_alone
from egzaminator.staff.domain.give_back import give_back
from egzaminator.staff.models import Act
from egzaminator.staff.tasks import end_acts
from tests.helpers.factories import PESELS, make_old
from tests.helpers.links import mailed_token
from tests.staff.acts import ANNA, DAY, KNOWN, state_of, told

pytestmark = pytest.mark.django_db


def unfreeze(**more: object) -> None:
    call_command("unfreeze_account", "A/1", reason="telefon", **more)


def test_the_command_only_asks(account: Account, second: Account, capsys: pytest.CaptureFixture[str]) -> None:
    unfreeze()
    assert "a second person confirms it in the panel" in capsys.readouterr().out
    act = Act.objects.get()
    assert (act.asked_by, act.is_by_command, act.alone_at, state_of(account)) == (None, True, None, "frozen")
    with time_machine.travel(timezone.now() + 6 * DAY, tick=False):
        assert do_alone() == 0
    with pytest.raises(CommandError, match="waits for a second person already"):
        unfreeze()
    confirm(act_id=act.id, member=second)
    assert state_of(account) == "active"


def test_alone_it_waits_for_48_hours(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    unfreeze(alone=True)
    assert "unless one of them objects" in capsys.readouterr().out
    assert told(EmailKind.ACT_ASKED) == {ANNA, KNOWN}
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=47, minutes=59), tick=False):
        assert do_alone() == 0
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=48), tick=False):
        end_acts(0)
    assert state_of(account) == "active"
    assert Event.objects.filter(tag=Tag.ACT_WAITED, subject=account.id, actor=None).count() == 1


def test_alone_an_objection_makes_the_second_person_needed(account: Account, second: Account) -> None:
    unfreeze(alone=True)
    freeze_by_link(token=mailed_token(EmailKind.ACT_ASKED, KNOWN))
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        assert do_alone() == 0
        assert state_of(account) == "frozen"
        confirm(act_id=Act.objects.get().id, member=second, knows_objection=True)
    assert state_of(account) == "active"


def test_alone_takes_a_mailbox_that_could_object(account: Account) -> None:
    assert account.examiner is not None
    account.examiner.email = ""
    account.examiner.save()
    with pytest.raises(CommandError, match="nobody may act alone"):
        unfreeze(alone=True)
    assert Act.objects.count() == 0


def test_the_other_command_takes_no_factor_either(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: PESELS[0])
    call_command("reset_second_factor", "zgubiony telefon", alone=True)
    assert Authenticator.objects.count() == 1
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        assert do_alone() == 1
    assert Authenticator.objects.count() == 0
    assert state_of(account) == "frozen"


def test_a_frozen_colleague_whose_factor_was_lost(first: Account, second: Account) -> None:
    make_old(second, 100)
    freeze_by_staff(account=second, reason="-")
    Authenticator.objects.create(user=second, type=Authenticator.Type.TOTP, data={"secret": "x"})
    call_command("unfreeze_account", second.email, reason="telefon")
    act = Act.objects.get()
    confirm(act_id=act.id, member=first)
    assert state_of(second) == "active"
    with pytest.raises(NotFrozenError):
        give_back(account=second, reason="-", member=first)
