"""Links about an account.

Each function from `reset_waits` on brings a link and its account into a state, and returns the link's path.
"""

import datetime

import time_machine

from egzaminator.accounts.domain.email_change import (
    cancel_email_change,
    confirm_email,
    request_email_change,
    resend_email_change,
)
from egzaminator.accounts.domain.email_question import confirm_arrival, send_email_check
from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.login.domain.password_reset import process_reset_requests, request_reset
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner
from tests.helpers.links import mailed_path
from tests.helpers.reports import hand_over, report
from tests.onboarding.form_links import ANNA, KNOWN, NEW, OTHER, activate, form, freeze, give_back, token

NEW_PASSWORD = "zupelnie-nowe-haslo-2026"


def ask_reset() -> str:
    request_reset(name=PESELS[0], language="pl", ip="192.0.2.1")
    process_reset_requests()
    return mailed_path(EmailKind.RESET, ANNA)


def freezing() -> tuple[Account, str]:
    _, path = form()
    return activate(path), mailed_path(EmailKind.ACTIVATED, ANNA)


def change() -> tuple[Account, str]:
    account = make_account(make_examiner())
    request_email_change(account=account, email=NEW, password=PASSWORD)
    return account, mailed_path(EmailKind.NEW_EMAIL, NEW)


def reset_waits(clock: time_machine.Traveller) -> str:
    make_account(make_examiner())
    return ask_reset()


def reset_done(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    reset_password(token=token(path), password=NEW_PASSWORD)
    return path


def reset_done_and_frozen(clock: time_machine.Traveller) -> str:
    path = reset_done(clock)
    freeze(Account.objects.get())
    return path


def reset_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    freeze(Account.objects.get())
    return path


def reset_after_another_password(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    clock.shift(datetime.timedelta(minutes=1))
    reset_password(token=token(ask_reset()), password=NEW_PASSWORD)
    return path


def reset_too_old(clock: time_machine.Traveller) -> str:
    path = reset_waits(clock)
    clock.shift(datetime.timedelta(days=2))
    return path


def reset_too_old_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = reset_too_old(clock)
    freeze(Account.objects.get())
    return path


def reset_after_an_email_change(clock: time_machine.Traveller) -> str:
    account, confirmation = change()
    path = ask_reset()
    confirm_email(token=token(confirmation), password=PASSWORD)
    assert account.email == ANNA
    return path


def freeze_waits(clock: time_machine.Traveller) -> str:
    return freezing()[1]


def freeze_done(clock: time_machine.Traveller) -> str:
    path = freezing()[1]
    freeze_by_link(token=token(path))
    return path


def freeze_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    account, path = freezing()
    freeze(account)
    return path


def freeze_from_another_mailbox(clock: time_machine.Traveller) -> str:
    path = freezing()[1]
    freeze_by_link(token=token(mailed_path(EmailKind.ACTIVATED, KNOWN)))
    return path


def freeze_done_and_given_back(clock: time_machine.Traveller) -> str:
    path = freeze_done(clock)
    clock.shift(datetime.timedelta(days=1))
    give_back(Account.objects.get())
    return path


def freeze_too_old(clock: time_machine.Traveller) -> str:
    path = freezing()[1]
    clock.shift(datetime.timedelta(days=11))
    return path


def freeze_too_old_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = freeze_too_old(clock)
    freeze(Account.objects.get())
    return path


def email_change_waits(clock: time_machine.Traveller) -> str:
    return change()[1]


def email_change_done(clock: time_machine.Traveller) -> str:
    path = change()[1]
    confirm_email(token=token(path), password=PASSWORD)
    return path


def email_change_changed_since(clock: time_machine.Traveller) -> str:
    path = email_change_done(clock)
    request_email_change(account=Account.objects.get(), email=OTHER, password=PASSWORD)
    confirm_email(token=token(mailed_path(EmailKind.NEW_EMAIL, OTHER)), password=PASSWORD)
    return path


def email_change_done_and_frozen(clock: time_machine.Traveller) -> str:
    path = email_change_done(clock)
    freeze(Account.objects.get())
    return path


def email_change_cancelled(clock: time_machine.Traveller) -> str:
    account, path = change()
    cancel_email_change(account=account)
    return path


def email_change_superseded(clock: time_machine.Traveller) -> str:
    account, path = change()
    request_email_change(account=account, email=OTHER, password=PASSWORD)
    return path


def email_change_stopped(clock: time_machine.Traveller) -> str:
    path = change()[1]
    reset_password(token=token(ask_reset()), password=NEW_PASSWORD)
    return path


def email_change_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    account, path = change()
    freeze(account)
    return path


def email_change_too_old(clock: time_machine.Traveller) -> str:
    path = change()[1]
    clock.shift(datetime.timedelta(days=4))
    return path


def email_change_too_old_but_sent_again(clock: time_machine.Traveller) -> str:
    account, path = change()
    clock.shift(datetime.timedelta(days=2))
    resend_email_change(account=account)
    clock.shift(datetime.timedelta(days=2))
    return path


def email_change_of_a_deleted_change(clock: time_machine.Traveller) -> str:
    path = change()[1]
    EmailChange.objects.all().delete()
    return path


def check_waits(clock: time_machine.Traveller) -> str:
    account = make_account(make_examiner())
    take_report(report(hand_over(account.email)))
    clock.shift(datetime.timedelta(minutes=1))
    send_email_check(account=account)
    return mailed_path(EmailKind.EMAIL_CHECK, account.email)


def check_done(clock: time_machine.Traveller) -> str:
    path = check_waits(clock)
    confirm_arrival(token=token(path))
    return path


def check_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    path = check_waits(clock)
    freeze(Account.objects.get())
    return path


def check_of_a_former_address(clock: time_machine.Traveller) -> str:
    path = check_waits(clock)
    request_email_change(account=Account.objects.get(), email=NEW, password=PASSWORD)
    confirm_email(token=token(mailed_path(EmailKind.NEW_EMAIL, NEW)), password=PASSWORD)
    return path


def check_too_old(clock: time_machine.Traveller) -> str:
    path = check_waits(clock)
    clock.shift(datetime.timedelta(days=3))
    return path
