"""Data about a person is shown to them and deleted with their account: the same set, over all models."""

import pytest
from django.apps import apps
from django.db.models import Manager, Model

from egzaminator.accounts.domain.personal_data import about_person
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.models import Account, Link
from egzaminator.data_export.domain.export import disclose
from egzaminator.mail.models import Email, SentCopy
from egzaminator.onboarding.models import Claim
from egzaminator.panel.protection.inventory import INVENTORY, Held
from tests.helpers.factories import PESELS, make_account, make_claim, make_examiner
from tests.helpers.whole_person import ANNA, KNOWN, NEW, STRANGER, whole_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Of the inventory: where "My data" shows each model's rows, of those that go with the account and of those that stay.
_SHOWN = {label: held for label, held in INVENTORY.items() if isinstance(held, Held) and held.section}
_COPIES = {"mail.SentCopy", "mail.Bounce"}  # shown with their e-mail
SHOWN_AND_DELETED = {label: held.section for label, held in _SHOWN.items() if not held.stays and label not in _COPIES}
SHOWN_AND_KEPT = {label: held.section for label, held in _SHOWN.items() if held.stays}


@pytest.fixture
def account() -> Account:
    """An account with every kind of data about an examiner, whose closed forms are already deleted."""
    return whole_person()


def ours() -> dict[str, Manager[Model]]:
    """Return the managers of our models by their labels."""
    return {
        model._meta.label: model._default_manager  # noqa: SLF001 -- public, by Django
        for model in apps.get_models()
        if model.__module__.startswith("egzaminator.") and model.__module__ != "egzaminator.cms.models"
    }


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
