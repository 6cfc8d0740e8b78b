import json
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.email_change import request_email_change
from egzaminator.accounts.domain.notifications import recipient_of
from egzaminator.accounts.models import Account, KnownDevice, Link, Session
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.onboarding.domain.activation import activate_claim
from egzaminator.register.enums import DecisionKind
from egzaminator.register.models import Decision
from tests.helpers.factories import PASSWORD, PESELS, add_entry, examiner_of, make_claim, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_token
from tests.helpers.mail import TOKEN, queue_example

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/konto/moje-dane/"
LISTS = {
    "person",
    "lists",
    "entries",
    "decisions",
    "former_values",
    "mailings",
    "mailing_preferences",
    "imports",
    "account",
    "details",
    "changed_details",
    "changed_emails",
    "acts",
    "staff_texts",
    "privacy_notices",
    "second_factors",
    "sessions",
    "devices",
    "forms",
    "emails",
    "links",
    "events",
    "invitations",
}


@pytest.fixture
def account() -> Account:
    """An account activated from its own form, beside a form that a stranger saved."""
    examiner = make_examiner(numbers=("A-1",))
    Decision.objects.create(
        entry=examiner.entries.get(), kind=DecisionKind.ENTRY, reference="OKE.7/2019", decided_on="2019-03-01"
    )
    make_claim(examiner, email="stranger@example.org")
    claim = make_claim(examiner)
    account = activate_claim(
        token=mailed_token(EmailKind.ACTIVATION, "anna@example.org"), password=None, proven_claim=claim.id
    )
    request_email_change(account=account, email="nowa@example.org", password=PASSWORD)
    return account


@pytest.fixture
def examiner(account: Account, browser: Client) -> Client:
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def take(client: Client, form: str = "file") -> Response:
    token = fields_of(client.get(PATH))["csrfmiddlewaretoken"]
    return client.post(PATH, {"csrfmiddlewaretoken": token, "form": form})


def test_is_closed_to_who_is_not_logged_in_and_no_matter_of_staff(browser: Client) -> None:
    assert browser.get(PATH)["Location"] == f"/konto/logowanie/?next={PATH}"
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert browser.get(PATH)["Location"] == "/panel/"


def test_asks_who_it_is_when_the_login_was_long_ago(account: Account, browser: Client) -> None:
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
        assert browser.get(PATH).status_code == 200
        clock.shift(11 * 60)
        assert browser.get(PATH)["Location"] == f"/konto/potwierdzenie/?next={PATH.replace('/', '%2F')}"


def test_looking_at_the_page_gives_nothing_and_records_nothing(examiner: Client) -> None:
    assert PESELS[0] not in examiner.get(PATH).content.decode()
    assert not Event.objects.filter(tag=Tag.DATA_DOWNLOADED).exists()


def test_the_file_holds_everything_under_stable_names(account: Account, examiner: Client) -> None:
    queue_example(EmailKind.ACT_ASKED, to=recipient_of(account), related_id=account.id)
    response = take(examiner)
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="moje-dane.json"'
    assert response["Cache-Control"] == "no-store"
    data = json.loads(response.content)
    assert set(data) == LISTS | {"format", "made_at", "made_by"}
    assert data["format"] == "egzaminator/2"
    assert data["person"][0]["pesel"] == PESELS[0]
    assert data["entries"][0]["number"] == "A-1"
    assert [(row["number"], row["reference"]) for row in data["decisions"]] == [("A-1", "OKE.7/2019")]
    assert data["account"][0]["email"] == "anna@example.org"
    assert data["details"][0]["locality"] == "Poznań"
    assert [(row["old"], row["new"]) for row in data["changed_emails"]] == [("anna@example.org", "nowa@example.org")]
    assert len(data["sessions"]) == len(data["devices"]) == 1
    assert {row["kind"]: bool(row["text"]) for row in data["emails"]} == {
        "activation": False,
        "activated": False,
        "new-email": False,
        "email-change-asked": False,
        "act-asked": True,  # the only one of a kind that keeps a copy
    }
    assert {"account.activated", "login.succeeded", "email.change-asked"} <= {row["tag"] for row in data["events"]}
    event = Event.objects.get(tag=Tag.DATA_DOWNLOADED)
    assert (event.actor, event.subject) == (account.id, account.id)


def test_a_form_that_somebody_else_may_have_filled_in_is_only_mentioned(examiner: Client) -> None:
    response = take(examiner)
    stranger, own = json.loads(response.content)["forms"]
    assert (stranger["outcome"], "details" in stranger) == ("superseded", False)
    assert (own["outcome"], own["details"]["surname"]) == ("activated", "Łukasik")
    assert "stranger@example.org" not in response.content.decode()


def test_no_secret_is_among_it(account: Account, examiner: Client) -> None:
    queue_example(EmailKind.ACT_ASKED, to=recipient_of(account), related_id=account.id)
    text = take(examiner).content.decode()
    account.refresh_from_db()
    secrets = [
        account.password.rpartition("$")[2],
        examiner_of(account).password_salt,
        account.handle,
        examiner.cookies["session"].value,
        Session.objects.get(account=account).pk,
        KnownDevice.objects.get().digest.hex(),
        mailed_token(EmailKind.NEW_EMAIL, "nowa@example.org"),
        mailed_token(EmailKind.ACTIVATED, "anna@example.org"),
        TOKEN,
        *(link.digest.hex() for link in Link.objects.all()),
    ]
    assert [secret for secret in secrets if secret in text] == []
    assert not re.search(r"argon2|/[aehnps]/[\w-]{22}/", text)


def test_what_staff_did_is_told_without_their_network_address(account: Account, examiner: Client) -> None:
    staff = make_staff()
    record_event(tag=Tag.CASE_LOOKED_UP, by=Actor(staff.id, "203.0.113.99"), subject=account.id)
    text = take(examiner).content.decode()
    assert "case.looked-up" in text
    assert "203.0.113.99" not in text


def test_what_staff_typed_is_given_without_their_names(account: Account, examiner: Client) -> None:
    staff = make_staff()
    record_event(tag=Tag.CASE_LOOKED_UP, by=Actor(staff.id), subject=account.id, reason="Zgubiony telefon")
    record_event(tag=Tag.CASE_LOOKED_UP, by=Actor(staff.id), subject=account.examiner_id, reason="Rozmowa z mężem")
    record_event(tag=Tag.CASE_LOOKED_UP, by=Actor(staff.id), subject=staff.id, reason="O kimś innym")
    response = take(examiner)
    assert [row["text"] for row in json.loads(response.content)["staff_texts"]] == [
        "Zgubiony telefon",
        "Rozmowa z mężem",
    ]
    assert str(staff.id) not in response.content.decode()
    assert "Co napisali o tobie pracownicy komisji" in words_of(take(examiner, "page"))


def test_the_page_says_it_in_words(examiner: Client) -> None:
    words = words_of(take(examiner, "page"))
    for shown in (PESELS[0], "A-1", "OKE.7/2019", "wielkopolskie", "szkoła lub placówka", "Zgłoszono zmianę adresu"):
        assert shown in words
    assert not re.search(r"\b[a-z]+_[a-z]+\b|None|True|lazystr", words)
    assert Event.objects.filter(tag=Tag.DATA_DOWNLOADED).count() == 1


def test_nonsense_gives_nothing(examiner: Client) -> None:
    assert PESELS[0] not in take(examiner, "xml").content.decode()


def test_the_queries_do_not_grow_with_the_rows(
    account: Account, examiner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as queries:
        take(examiner)
    for number in range(2):
        add_entry(examiner_of(account), f"B-{number}")
        record_event(tag=Tag.LOGGED_OUT, by=Actor(account.id), subject=account.id)
        make_claim(make_examiner(pesel=PESELS[number + 1], numbers=(f"C-{number}",)))
    with django_assert_num_queries(len(queries)):
        take(examiner)


def test_every_name_stands_in_the_documentation(examiner: Client) -> None:
    text = Path(project.ROOT_DIR, "docs", "personal-data.md").read_text(encoding="utf-8")
    data = json.loads(take(examiner).content)
    names = set(data) | {name for part in LISTS - {"details"} for row in data[part] for name in row}
    assert {name for name in names if f"`{name}`" not in text} == set()
