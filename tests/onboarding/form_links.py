"""Links about a form.

Each function from `form_waits` on brings a link and its form into a state, and returns the link's path.
"""

import datetime

import time_machine

from egzaminator.accounts.domain.freezing import freeze_by_staff, unfreeze_account
from egzaminator.accounts.models import Account
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import correct_email, stop_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, make_claim, make_examiner
from tests.helpers.links import mailed_path

ANNA, KNOWN, NEW, OTHER = "anna@example.org", "known@example.org", "new@example.org", "other@example.org"


def token(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def activate(path: str) -> Account:
    return activate_claim(token=token(path), password=PASSWORD)


def freeze(account: Account) -> None:
    freeze_by_staff(account=account, reason="call")


def give_back(account: Account) -> None:
    unfreeze_account(account=account, reason="call", is_agreed=True)


def form() -> tuple[Claim, str]:
    claim = make_claim(make_examiner(email=KNOWN))
    return claim, mailed_path(EmailKind.ACTIVATION, ANNA)


def notice(clock: time_machine.Traveller) -> tuple[Claim, str, str]:
    claim, path = form()
    notify_known_mailboxes()
    return claim, path, mailed_path(EmailKind.CLAIM_NOTICE, KNOWN)


def form_waits(clock: time_machine.Traveller) -> str:
    return form()[1]


def form_activated(clock: time_machine.Traveller) -> str:
    path = form()[1]
    activate(path)
    return path


def form_activated_and_frozen(clock: time_machine.Traveller) -> str:
    path = form()[1]
    freeze(activate(path))
    return path


def form_activated_and_given_back(clock: time_machine.Traveller) -> str:
    path = form()[1]
    account = activate(path)
    freeze(account)
    clock.shift(datetime.timedelta(days=1))
    give_back(account)
    return path


def form_superseded(clock: time_machine.Traveller) -> str:
    claim, path = form()
    make_claim(claim.examiner, email=OTHER)
    activate(mailed_path(EmailKind.ACTIVATION, OTHER))
    return path


def form_stopped(clock: time_machine.Traveller) -> str:
    _, path, stop = notice(clock)
    stop_claim(token=token(stop))
    return path


def form_corrected(clock: time_machine.Traveller) -> str:
    claim, path = form()
    correct_email(claim_id=claim.id, email=OTHER, password=PASSWORD)
    return path


def form_with_an_old_link(clock: time_machine.Traveller) -> str:
    path = form()[1]
    clock.shift(datetime.timedelta(days=8))
    return path


def form_corrected_with_an_old_link(clock: time_machine.Traveller) -> str:
    path = form_corrected(clock)
    clock.shift(datetime.timedelta(days=8))
    return path


def form_too_old_with_a_fresh_link(clock: time_machine.Traveller) -> str:
    claim, _ = form()
    clock.shift(datetime.timedelta(days=29))
    resend_activation(claim_id=claim.id)
    clock.shift(datetime.timedelta(days=2))
    return mailed_path(EmailKind.ACTIVATION, ANNA)


def form_deleted(clock: time_machine.Traveller) -> str:
    path = form()[1]
    Claim.objects.all().delete()
    return path


def stop_waits(clock: time_machine.Traveller) -> str:
    return notice(clock)[2]


def stop_done(clock: time_machine.Traveller) -> str:
    path = notice(clock)[2]
    stop_claim(token=token(path))
    return path


def stop_of_an_account(clock: time_machine.Traveller) -> str:
    _, activation, path = notice(clock)
    activate(activation)
    return path


def stop_of_a_frozen_account(clock: time_machine.Traveller) -> str:
    _, activation, path = notice(clock)
    freeze(activate(activation))
    return path


def stop_of_a_superseded_form(clock: time_machine.Traveller) -> str:
    claim, _, path = notice(clock)
    make_claim(claim.examiner, email=OTHER)
    activate(mailed_path(EmailKind.ACTIVATION, OTHER))
    return path


def stop_of_a_form_too_old(clock: time_machine.Traveller) -> str:
    path = notice(clock)[2]
    clock.shift(datetime.timedelta(days=31))
    return path


def stop_of_a_deleted_form(clock: time_machine.Traveller) -> str:
    path = notice(clock)[2]
    Claim.objects.all().delete()
    return path
