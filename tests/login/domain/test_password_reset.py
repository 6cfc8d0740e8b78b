import itertools

import pytest
import time_machine

from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.errors import LinkExpiredError, LinkUsedError, LinkWithdrawnError
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.login.domain.password_reset import BY_NAME, BY_NETWORK, process_reset_requests, request_reset
from egzaminator.login.errors import RefusedError
from egzaminator.login.models import ResetRequest
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation_email import BY_RESET
from tests.helpers.factories import PASSWORD, PESELS, freeze, make_account, make_claim, make_examiner, make_staff
from tests.helpers.links import mailed_token

pytestmark = pytest.mark.django_db
IP = "192.0.2.1"
ANNA = "anna@example.org"
NEW = "zupelnie-nowe-haslo-2026"


def ask(name: str) -> None:
    request_reset(name=name, language="pl", ip=IP)


def test_every_name_writes_the_same_and_no_name_in_clear() -> None:
    make_account(make_examiner())
    for name in (PESELS[0], PESELS[1], "nobody"):
        ask(name)
    assert ResetRequest.objects.count() == 3
    assert Event.objects.filter(tag=Tag.RESET_REQUESTED, subject=None).count() == 3
    assert not any(PESELS[0].encode() in bytes(row.name_encrypted) for row in ResetRequest.objects.all())


def test_the_account_gets_a_link_and_nobody_else_hears() -> None:
    make_account(make_examiner())
    ask(PESELS[0])
    ask(PESELS[1])
    assert process_reset_requests() == 2
    assert list(Email.objects.values_list("kind", "email")) == [(EmailKind.RESET, ANNA)]
    assert ResetRequest.objects.count() == 0


def test_an_open_claim_gets_its_activation_again() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        make_claim(make_examiner())
        clock.shift(61)
        ask(PESELS[0])
        process_reset_requests()
    assert list(Email.objects.values_list("kind", "email")) == [(EmailKind.ACTIVATION, ANNA)] * 2


def test_staff_reset_by_their_address() -> None:
    make_staff(email="jan@oke.example")
    ask("jan@oke.example")
    process_reset_requests()
    assert list(Email.objects.values_list("kind", "email")) == [(EmailKind.RESET, "jan@oke.example")]


def test_three_links_a_day() -> None:
    account = make_account(make_examiner())
    for _ in range(5):
        ask(PESELS[0])
    process_reset_requests()
    assert Email.objects.count() == 3
    assert Event.objects.filter(tag=Tag.MAIL_CAPPED, subject=account.id).count() == 2


def test_links_to_a_mailbox_that_the_account_has_no_more_use_up_none_of_those_to_its_own() -> None:
    account = make_account(make_examiner(), email="thief@example.net")
    for _ in range(4):
        ask(PESELS[0])
    process_reset_requests()
    account.email = ANNA
    account.save()
    ask(PESELS[0])
    process_reset_requests()
    assert Email.objects.filter(email=ANNA).count() == 1


def test_the_link_sets_a_password_once_and_kills_the_others() -> None:
    account = make_account(make_examiner())
    ask(PESELS[0])
    process_reset_requests()
    first = mailed_token(EmailKind.RESET, ANNA)
    ask(PESELS[0])
    process_reset_requests()
    second = mailed_token(EmailKind.RESET, ANNA)
    assert reset_password(token=first, password=NEW) == account
    with pytest.raises(LinkUsedError):
        reset_password(token=first, password="a-third-password-here")
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=second, password="a-third-password-here")
    assert log_in(name=PESELS[0], secret=NEW, ip=IP) == AccountOpened(account)
    with pytest.raises(RefusedError):
        log_in(name=PESELS[0], secret=PASSWORD, ip=IP)
    assert Email.objects.filter(kind=EmailKind.PASSWORD_CHANGED, email=ANNA).count() == 1


def test_the_link_is_too_old_after_a_day() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        make_account(make_examiner())
        ask(PESELS[0])
        process_reset_requests()
        clock.shift(24 * 60 * 60)
        with pytest.raises(LinkExpiredError):
            reset_password(token=mailed_token(EmailKind.RESET, ANNA), password=NEW)


def test_a_blocked_account_gets_no_link_and_an_earlier_one_is_dead() -> None:
    account = make_account(make_examiner())
    ask(PESELS[0])
    process_reset_requests()
    freeze(account)
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=mailed_token(EmailKind.RESET, ANNA), password=NEW)
    ask(PESELS[0])
    assert process_reset_requests() == 1
    assert Email.objects.count() == 1


def test_past_the_limits_requests_are_written_like_all_others_and_dropped() -> None:
    make_account(make_examiner())
    for spelling in itertools.islice(itertools.cycle((PESELS[0], "440514-01359")), BY_NAME.most + 5):
        ask(spelling)
    assert ResetRequest.objects.count() == BY_NAME.most + 5
    assert process_reset_requests() == BY_NAME.most
    for number in range(BY_NETWORK.most):
        ask(f"nobody-{number}")
    assert process_reset_requests() == BY_NETWORK.most - BY_NAME.most - 5
    assert ResetRequest.objects.count() == 0


def test_resets_spend_none_of_what_the_claims_owner_may_ask_for() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        claim = make_claim(make_examiner())
        for _ in range(5):
            clock.shift(61)
            ask(PESELS[0])
            process_reset_requests()
        claim.refresh_from_db()
        assert (claim.sends, Email.objects.count()) == (1, 1 + BY_RESET.most)


def test_a_request_that_cannot_be_read_stands_in_nobodys_way() -> None:
    make_account(make_examiner())
    ask(PESELS[1])
    ResetRequest.objects.update(name_encrypted=b"rubbish")
    ask(PESELS[0])
    assert process_reset_requests() == 2
    assert list(Email.objects.values_list("kind", flat=True)) == [EmailKind.RESET]
    assert Event.objects.get(tag=Tag.VALUE_UNDECRYPTABLE).details["location"] == "login.reset-request.name"
