"""Data about a person is shown to them and deleted with their account: the same set, over all models."""

import datetime
import uuid

import pytest
import time_machine
from django.apps import apps
from django.db.models import Manager, Model
from django.test import Client

from egzaminator.accounts.domain.email_change import confirm_email, request_email_change
from egzaminator.accounts.domain.personal_data import about_person
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import ActKind, LinkPurpose
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.shown_people import record_shown
from egzaminator.audit.enums import Tag
from egzaminator.data_export.domain.export import disclose
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email, SentCopy
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.domain.retention import delete_closed_claims
from egzaminator.onboarding.models import Claim
from egzaminator.panel.domain.looks import record_look
from egzaminator.staff.domain.acts import refuse
from egzaminator.staff.domain.asking import ask
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.links import mailed_token
from tests.helpers.mfa import give_totp
from tests.records.editing import correct_names

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANNA, NEW, KNOWN, STRANGER = "anna@example.org", "nowa@example.org", "known@example.org", "stranger@example.org"

# Where "My data" shows each model's rows; all of them go with the account.
SHOWN_AND_DELETED = {
    "accounts.Account": "account",
    "accounts.Profile": "details",
    "accounts.ProfileChange": "changed_details",
    "accounts.EmailChange": "changed_emails",
    "accounts.KnownDevice": "devices",
    "accounts.Session": "sessions",
    "accounts.Link": "links",
    "onboarding.Claim": "forms",
    "mail.Email": "emails",
    "staff.Act": "acts",
    "audit.StaffText": "staff_texts",
}
# Shown, and kept when the account goes.
SHOWN_AND_KEPT = {
    "register.Examiner": "person",
    "register.Entry": "entries",
    "register.Decision": "decisions",
    "register.FormerValue": "former_values",
    "audit.Event": "events",
    "audit.ShownPeople": "lists",
}
NEITHER = {
    "web.CacheVersion": "about no person",
    "accounts.SecondFactorKey": "a key, not data; goes with the account",
    "mail.SentCopy": "shown as the text of its message, and goes with it",
    "mail.Outage": "what the mail server said of the board; cleaned of addresses, gone when it takes e-mail again",
    "register.Scope": "about no person",
    "register.StrikeOffGround": "about no person",
    "register.ListKey": "a copy of the sort key, the account's state and the voivodeship, made anew when they change",
    "register.ListKeyDue": "whose list keys are to be made anew: empty within a minute",
    "register.Selection": "what staff searched for; without a name it is gone after a day",
    "register.Export": "which staff member asked for which file: gone with the file, a day later",
    "stored_files.StoredFile": "files for the board's own use: gone a day later",
    "stored_files.Piece": "as above",
    "staff.AloneChange": "about no person",
    "audit.RetentionDay": "about no person",
    "login.ResetRequest": "a name as typed, until the worker answers it, within a minute",
    "rate_limits.Counter": "counts by keyed digests, for a day at most",
    "rate_limits.BackoffState": "counts by keyed digests, for a day at most",
    "key_rotation.IndexKey": "about no person",
}


def downloaded_by(member: Account) -> uuid.UUID:
    """Record that a staff member downloaded a file, and return the id that its people are kept by."""
    file = uuid.uuid4()
    details = {"export": str(file), "content": "people"}
    record_look(tag=Tag.EXPORT_DOWNLOADED, by=Actor(member.pk), subject=member.pk, details=details)
    return file


@pytest.fixture
def account() -> Account:
    """An account with every kind of data about an examiner, whose closed forms are already deleted."""
    start = datetime.datetime(2026, 9, 1, 10, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as clock:
        examiner = make_examiner(numbers=("A-1",), email=KNOWN)
        make_claim(examiner, email=STRANGER)
        claim = make_claim(examiner, email=ANNA)
        notify_known_mailboxes()
        token = mailed_token(EmailKind.ACTIVATION, ANNA)
        account = activate_claim(token=token, password=None, proven_claim=claim.id)
        clock.shift(datetime.timedelta(days=8))
        assert delete_closed_claims() == 2
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
        record_shown(file=downloaded_by(staff), people=[examiner.pk])
    return Account.objects.select_related("examiner").get(pk=account.pk)


def ours() -> dict[str, Manager[Model]]:
    """Return the managers of our models by their labels."""
    return {
        model._meta.label: model._default_manager  # noqa: SLF001 -- public, by Django
        for model in apps.get_models()
        if model.__module__.startswith("egzaminator.") and model.__module__ != "egzaminator.cms.models"
    }


def test_every_model_is_shown_and_deleted_or_has_a_reason_why_not() -> None:
    assert ours().keys() == SHOWN_AND_DELETED.keys() | SHOWN_AND_KEPT.keys() | NEITHER.keys()
    assert all(NEITHER.values())
    assert len(ours()) >= 22


def test_what_is_shown_is_what_is_deleted(account: Account) -> None:
    models = ours()
    assert account.examiner is not None
    staff = {row.pk for row in Account.objects.filter(examiner=None)}
    others = {"accounts.Account": Account.objects.filter(pk__in=staff).count(), "accounts.Session": 0}
    data = disclose(account=account, examiner=account.examiner)
    before = {label: models[label].count() for label in SHOWN_AND_DELETED}
    shown = {label: len(data[name]) for label, name in SHOWN_AND_DELETED.items()}
    assert {label: count + others.get(label, 0) for label, count in shown.items()} == before
    assert all(shown[label] for label in SHOWN_AND_DELETED if label != "onboarding.Claim"), shown

    delete_account(account=account, reason="struck-off")

    assert {label: models[label].count() for label in SHOWN_AND_DELETED} == {
        label: others.get(label, 0) for label in SHOWN_AND_DELETED
    }
    assert SentCopy.objects.count() == 0
    assert all(models[label].exists() for label in SHOWN_AND_KEPT if label != "register.Decision")


def test_another_persons_rows_stay(account: Account) -> None:
    other = make_examiner(pesel=PESELS[1], numbers=("B-2",), email="inna@example.org")
    make_claim(other, email="jeszcze@example.org")
    make_account(make_examiner(pesel=PESELS[2], numbers=("C-3",)))
    kept = set(Email.objects.filter(email="jeszcze@example.org").values_list("pk", flat=True))
    delete_account(account=account, reason="struck-off")
    assert set(Email.objects.values_list("pk", flat=True)) == kept
    assert (Claim.objects.count(), Account.objects.exclude(examiner=None).count()) == (1, 1)


def test_of_a_form_that_was_not_the_owners_it_is_not_said_where_its_mail_went(account: Account) -> None:
    assert account.examiner is not None
    data = disclose(account=account, examiner=account.examiner)
    emails = {row.get("email") for name in ("emails", "links") for row in data[name]}
    assert emails == {None, ANNA, NEW, KNOWN}
    anonymous = [row["kind"] for row in data["emails"] if "email" not in row]
    assert sorted(anonymous) == ["activation", "claim-notice"]
    assert STRANGER not in str(data)


def test_the_ids_are_those_of_the_person(account: Account) -> None:
    about = about_person(account=account)
    assert account.id in about.own
    assert about.emails.count() == Email.objects.count()
    assert about.links.count() == Link.objects.count()
    assert about.links.filter(purpose=LinkPurpose.STOP_CLAIM).exists()
