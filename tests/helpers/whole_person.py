"""An examiner about whom the service holds data of every kind."""

import datetime
import uuid

import time_machine
from django.test import Client

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.enums import ActKind
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.audit.enums import Tag
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.mailings.domain.preferences import choose
from egzaminator.mailings.enums import InvitationWay, Salutation
from egzaminator.mailings.models import Invitation, Invited
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.domain.retention import delete_closed_claims
from egzaminator.panel.domain.looks import record_look
from egzaminator.staff.domain.acts import refuse
from egzaminator.staff.domain.asking import ask
from tests.helpers.factories import PASSWORD, PESELS, make_claim, make_examiner, make_staff
from tests.helpers.links import mailed_token
from tests.helpers.mfa import give_totp
from tests.helpers.reports import report
from tests.mailings.writing import attach, press, write
from tests.panel.imported import recorded
from tests.records.editing import correct_names

ANNA, NEW, KNOWN, STRANGER = "anna@example.org", "nowa@example.org", "known@example.org", "stranger@example.org"


def _downloaded_by(member: Account) -> uuid.UUID:
    """Record that a staff member downloaded a file, and return the id that its people are kept by."""
    file = uuid.uuid4()
    details = {"export": str(file), "content": "people"}
    record_look(tag=Tag.EXPORT_DOWNLOADED, by=Actor(member.pk), subject=member.pk, details=details)
    return file


def whole_person(*, keep_forms: bool = False) -> Account:
    """Return an account with every kind of data about an examiner, whose closed forms are already deleted, or not."""
    start = datetime.datetime(2026, 9, 1, 10, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as clock:
        examiner = make_examiner(numbers=("A-1",), email=KNOWN)
        make_claim(examiner, email=STRANGER)
        claim = make_claim(examiner, email=ANNA)
        notify_known_mailboxes()
        token = mailed_token(EmailKind.ACTIVATION, ANNA)
        account = activate_claim(token=token, password=None, proven_claim=claim.id)
        clock.shift(datetime.timedelta(days=8))
        assert keep_forms or delete_closed_claims() == 2
        Client(headers={"Sec-Fetch-Site": "same-origin"}).post(
            "/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD}
        )
        give_totp(account)  # which ends the session of the log-in
        Client().force_login(account)
        request_email_change(account=account, email=NEW, password=PASSWORD)
        confirm_email(token=mailed_token(EmailKind.NEW_EMAIL, NEW), password=None, proven_account=account.id)
        staff = make_staff()
        act = ask(kind=ActKind.RESET_SECOND_FACTOR, account=account, reason="telefon", member=staff)
        refuse(act_id=act.id, member=staff)
        correct_names(examiner, "Łukasik-Żak")
        choose(examiner=examiner, salutation=Salutation.MADAM, informational=False, by=Actor(account.pk))
        mailing = write(staff)
        attach(mailing, staff)
        press(mailing, staff)
        Invited.objects.create(
            invitation=Invitation.objects.create(author=staff.pk), examiner=examiner, way=InvitationWay.LETTER
        )
        take_report(report(Email.objects.filter(email=NEW).latest("created_at")))
        recorded(examiner, by=staff, surname=["Łukasik", "Łukasik-Żak"])
        record_shown(file=_downloaded_by(staff), people=[examiner.pk])
    return Account.objects.select_related("examiner").get(pk=account.pk)
