"""An officer who is an examiner, too: no file of theirs changes their own record, or makes one theirs."""

from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.enums import EmailChangeOutcome
from egzaminator.accounts.models import Account, EmailChange
from egzaminator.panel.domain.own_rows import own_rows
from egzaminator.panel.domain.undo_import import may_import
from egzaminator.register.domain.imports.apply import apply_import
from egzaminator.register.domain.imports.check import check_import
from egzaminator.register.models import Entry, Examiner, Import
from tests.helpers.factories import make_account
from tests.helpers.html import fields_of, words_of
from tests.panel.imports.sending import LIST, make_officer, sent
from tests.panel.staff_browser import browser_of
from tests.register.files import ANNA, JAN, csv_file
from tests.register.importing import ANNAS_SECOND, read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINE: Final = "anna@oke.example"
REASON: Final = "Ten wiersz dotyczy Ciebie albo kogoś o Twoim nazwisku lub adresie e-mail."


@pytest.fixture
def officer() -> Account:
    return make_officer(email=MINE, name="Anna Maria Łukasik")


@pytest.fixture
def client(officer: Account) -> Client:
    return browser_of(officer)


def checked(client: Client, *rows: dict[str, str]) -> Import:
    one = sent(client, csv_file(*rows).getvalue())
    check_import(own_rows=own_rows)
    one.refresh_from_db()
    return one


def is_refused(client: Client, one: Import) -> bool:
    return one.counts["wrong"] == 1 and REASON in words_of(client.get(f"{LIST}{one.pk}/"))


def test_no_entry_comes_to_ones_own_record(client: Client) -> None:
    read(ANNA | {"email": MINE})
    assert is_refused(client, checked(client, ANNAS_SECOND, JAN))


@pytest.mark.parametrize("held", ["account", "former account", "upper case"])
def test_the_own_record_is_known_by_every_mailbox_that_it_had(client: Client, held: str) -> None:
    read(ANNA | {"email": "Anna@OKE.example" if held == "upper case" else ""})
    account = make_account(Examiner.objects.get(), email=MINE if held == "account" else "anna@example.org")
    if held == "former account":
        now = timezone.now()
        EmailChange.objects.create(
            account=account,
            old=MINE,
            new=account.email,
            expires_at=now,
            closed_at=now,
            outcome=EmailChangeOutcome.CONFIRMED,
        )
    assert is_refused(client, checked(client, ANNAS_SECOND, JAN))


@pytest.mark.parametrize("row", [ANNA, JAN | {"email": MINE}], ids=["name", "mailbox"])
def test_nobody_adds_themselves(client: Client, row: dict[str, str]) -> None:
    assert is_refused(client, checked(client, row))


def test_nobodys_record_gets_ones_own_address(client: Client) -> None:
    read(JAN)
    assert is_refused(client, checked(client, JAN | {"email": MINE}))


def test_a_list_that_leaves_the_own_record_as_it_is_may_be_read(client: Client) -> None:
    mine: dict[str, Any] = ANNA | {"email": MINE}
    read(mine)
    assert checked(client, mine, JAN).counts["wrong"] == 0


def test_a_record_that_became_ones_own_after_the_check_is_found_when_it_is_applied(client: Client) -> None:
    read(ANNA)
    one = checked(client, ANNAS_SECOND)
    page = f"{LIST}{one.pk}/"
    client.post(f"{page}zastosuj/", fields_of(client.get(page)))
    Examiner.objects.update(email=MINE)
    apply_import(may_apply=may_import, own_rows=own_rows)
    one.refresh_from_db()
    assert is_refused(client, one)
    assert Entry.objects.count() == 1
