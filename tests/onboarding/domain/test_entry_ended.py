"""Activation checks the entry and the death again, under its lock: they may have changed since the form was saved."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client

from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account, Link
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.onboarding.domain.claims import lock_claim, require_entry, save_claim
from egzaminator.onboarding.domain.deceased import mark_deceased
from egzaminator.onboarding.errors import AccountExistsError, EntryEndedError
from egzaminator.onboarding.models import Claim
from egzaminator.register.domain.imports.command import import_register
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Examiner
from tests.helpers.concurrency import at_once, is_somebody_waiting
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, filled_form, make_claim, make_examiner, make_grant
from tests.helpers.html import fields_of, words_of
from tests.helpers.links import mailed_path, mailed_token
from tests.register import files

pytestmark = pytest.mark.slow

ANNA = "anna@example.org"
STRIKE_OFF = files.ANNA | {"nr_decyzji": "S/1", "data_decyzji": "2026-11-01", "rodzaj_decyzji": "skreślenie"}


def activate() -> Account:
    return activate_claim(token=mailed_token(EmailKind.ACTIVATION, ANNA), password=PASSWORD)


@pytest.mark.django_db
def test_an_entry_struck_off_after_the_form_was_saved_makes_no_account(browser: Client) -> None:
    claim = make_claim(make_examiner())
    import_register(file=files.csv_file(STRIKE_OFF))
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    fields = fields_of(browser.get(path)) | {"password": PASSWORD}
    response = browser.post(path, fields)
    assert response.status_code == 410
    assert "wpis do ewidencji, którego numer posłużył do logowania, przestał być aktywny" in words_of(response)
    assert Account.objects.count() == 0
    assert Claim.objects.get(pk=claim.pk).is_open
    assert Link.objects.filter(subject=claim.id, used_at=None, withdrawn_at=None).count() == 1


@pytest.mark.django_db
def test_another_active_entry_does_not_stand_in_for_the_one_that_was_proven() -> None:
    examiner = make_examiner(numbers=("A-1", "B-2"))
    claim = make_claim(examiner)
    Entry.objects.filter(pk=claim.entry_id).update(state=EntryState.STRUCK_OFF)
    with pytest.raises(EntryEndedError):
        activate()
    Entry.objects.update(state=EntryState.ACTIVE)
    assert activate().examiner == examiner


@pytest.mark.django_db
def test_nobody_activates_for_the_dead() -> None:
    """Even if the form was not stopped, as recording a death does."""
    make_claim(make_examiner())
    Examiner.objects.update(deceased_on=datetime.date(2026, 1, 1), deceased_marked_at="2026-01-02T00:00:00Z")
    with pytest.raises(EntryEndedError):
        activate()
    assert Account.objects.count() == 0


@pytest.mark.django_db
def test_a_form_is_not_saved_either_and_keeps_what_was_typed(browser: Client) -> None:
    examiner = make_examiner(numbers=("A-1",))
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    page = "/konto/zakladanie/"
    typed = {name: value for name, value in DETAILS.items() if value is not False}
    passwords = {"new_password": PASSWORD, "repeated_password": PASSWORD}
    fields = fields_of(browser.get(page)) | typed | passwords | {"email": ANNA, "phone": "61 854 01 60"}
    Entry.objects.update(state=EntryState.STRUCK_OFF)
    with pytest.raises(EntryEndedError):
        save_claim(grant=make_grant(examiner), form=filled_form(examiner))
    response = browser.post(page, fields)
    assert (Claim.objects.count(), Email.objects.count()) == (0, 0)
    assert response.status_code == 200
    assert "nie jest już aktywny" in words_of(response)
    assert "Szkoła Podstawowa nr 1" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_strikes_off_and_an_activation_at_once_agree() -> None:
    """Either the account is created first, or not at all: never from an entry that was struck off before."""
    claim = make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    results = at_once(
        partial(import_register, file=files.csv_file(STRIKE_OFF)),
        partial(activate_claim, token=token, password=None, proven_claim=claim.id),
    )
    assert not isinstance(results[0], Exception)
    assert isinstance(results[1], Account | EntryEndedError)
    assert Account.objects.count() == isinstance(results[1], Account)
    assert Entry.objects.get().state == EntryState.STRUCK_OFF


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_an_import_that_is_striking_the_entry_off() -> None:
    """An import of a large file takes seconds. What is saved or activated meanwhile came before it."""
    examiner = make_examiner()
    claim = make_claim(examiner)
    token = mailed_token(EmailKind.ACTIVATION, ANNA)
    with transaction.atomic():
        import_register(file=files.csv_file(STRIKE_OFF | {"nazwisko": "Nowak", "numer_ewidencyjny": "mbi/1/2019"}))
        saved, account = at_once(
            partial(save_claim, grant=make_grant(examiner), form=filled_form(examiner)),
            partial(activate_claim, token=token, password=None, proven_claim=claim.id),
        )
        assert isinstance(saved, Claim | AccountExistsError), saved
        assert isinstance(account, Account), account
    assert Entry.objects.get().state == EntryState.STRUCK_OFF
    assert Examiner.objects.get().surname == "Nowak"


@pytest.mark.django_db(transaction=True)
def test_nor_for_an_officer_who_waits_for_the_import() -> None:
    claim = make_claim(make_examiner())
    token = mailed_token(EmailKind.ACTIVATION, ANNA)

    def record_death() -> None:
        mark_deceased(examiner_id=claim.examiner_id, on=datetime.date(2026, 1, 1))
        connection.close()

    with ThreadPoolExecutor(1) as officer:
        with transaction.atomic():
            import_register(file=files.csv_file(STRIKE_OFF))
            death = officer.submit(record_death)
            while not is_somebody_waiting():
                assert not death.done()
            (account,) = at_once(partial(activate_claim, token=token, password=None, proven_claim=claim.id))
            assert isinstance(account, Account), account
        death.result(30)
    assert Account.objects.get().state == AccountState.CLOSED


@pytest.mark.django_db(transaction=True)
def test_an_import_adds_entries_to_an_examiner_whose_form_is_being_activated() -> None:
    """The import holds the entries and needs the examiner's key. Activation waits for entries: it must not hold it."""
    claim = make_claim(make_examiner())
    added = files.ANNA | {"numer_ewidencyjny": "NEW/1", "nr_decyzji": "N/1"}
    with transaction.atomic():
        lock_claim(claim_id=claim.id)
        (summary,) = at_once(partial(import_register, file=files.csv_file(added)))
        assert not isinstance(summary, Exception), summary
        require_entry(examiner_id=claim.examiner_id, entry_id=claim.entry_id)
    assert Entry.objects.count() == 2
