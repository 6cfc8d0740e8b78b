import datetime
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime

from egzaminator.accounts.models import Account, Link, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.board import current_board
from egzaminator.login.domain.password_reset import process_reset_requests, request_reset
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.models import Claim
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANNA = "anna@example.org"


def post(client: Client, path: str, **typed: str) -> Response:
    fields = {name: value for name, value in fields_of(client.get(path)).items() if name == "csrfmiddlewaretoken"}
    return client.post(path, fields | typed)


@pytest.fixture
def same_browser(browser: Client) -> Client:
    """The browser that proved the claim by its password."""
    make_claim(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    return browser


def test_get_and_head_change_nothing_then_post_works_once(same_browser: Client) -> None:
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    before = (list(Link.objects.values()), list(Claim.objects.values()))
    assert same_browser.get(path).status_code == 200
    assert same_browser.head(path).status_code == 200
    assert (list(Link.objects.values()), list(Claim.objects.values())) == before
    assert Account.objects.count() == 0
    assert post(same_browser, path)["Location"] == "/konto/"
    assert Account.objects.count() == 1
    assert same_browser.get(path).status_code == 410
    assert Account.objects.count() == 1


def test_the_same_browser_is_not_asked_for_the_password(same_browser: Client) -> None:
    assert "password" not in fields_of(same_browser.get(mailed_path(EmailKind.ACTIVATION, ANNA)))


def test_soon_after_the_password_activation_leads_straight_in(same_browser: Client) -> None:
    key = same_browser.cookies["session"].value
    assert post(same_browser, mailed_path(EmailKind.ACTIVATION, ANNA))["Location"] == "/konto/"
    assert "Twoje konto jest aktywne." in words_of(same_browser.get("/konto/"))
    assert same_browser.cookies["session"].value != key
    assert same_browser.cookies["device"].value
    account = Account.objects.get()
    logged_in = Event.objects.get(tag=Tag.LOGIN_SUCCEEDED)
    assert (logged_in.actor, logged_in.subject) == (account.id, account.id)
    assert Session.objects.get().account_id == account.id
    # No password was given in this session, so a sensitive page asks for it.
    assert same_browser.get("/konto/drugi-skladnik/aplikacja/")["Location"].startswith("/konto/potwierdzenie/")


def test_a_used_link_says_that_the_account_is_active_and_where_to_go(same_browser: Client) -> None:
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    post(same_browser, path)
    for browser, way in ((same_browser, "Moje konto"), (Client(), "Zaloguj się")):
        response = browser.get(path)
        assert response.status_code == 410
        (*_, page) = response.content.decode().split("<main")
        assert "Konto jest już aktywne" in page
        assert re.findall(r'class="button"[^>]*>([^<]*)<', page) == [way]
        assert ("Zaloguj się numerem PESEL" in page) is (way == "Zaloguj się")


@pytest.mark.parametrize(("minutes", "place"), [(29, "/konto/"), (31, "/konto/aktywne/")])
def test_half_an_hour_after_the_password_it_leads_to_the_log_in(same_browser: Client, minutes: int, place: str) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=minutes)):
        assert post(same_browser, mailed_path(EmailKind.ACTIVATION, ANNA))["Location"] == place
        assert (same_browser.get("/konto/").status_code == 200) is (place == "/konto/")


def test_elsewhere_and_after_the_end_it_leads_to_the_log_in(same_browser: Client) -> None:
    token = fields_of(same_browser.get("/konto/aktywacja/"))["csrfmiddlewaretoken"]
    same_browser.post("/konto/aktywacja/zakoncz/", {"csrfmiddlewaretoken": token})
    answer = post(same_browser, mailed_path(EmailKind.ACTIVATION, ANNA), password=PASSWORD)
    assert answer["Location"] == "/konto/aktywne/"
    assert same_browser.get("/konto/").status_code == 302
    assert not Event.objects.filter(tag=Tag.LOGIN_SUCCEEDED).exists()


def test_another_browser_is_asked_for_it_and_may_err(browser: Client) -> None:
    make_claim(make_examiner())
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    assert post(browser, path).status_code == 200
    refused = post(browser, path, password="wrong password here")
    assert refused.status_code == 200
    assert f"{localtime(Claim.objects.get().created_at):%H:%M}" in words_of(refused)
    assert Account.objects.count() == 0
    assert post(browser, path, password=PASSWORD)["Location"] == "/konto/aktywne/"


def test_the_page_keeps_its_address_to_itself(browser: Client) -> None:
    make_claim(make_examiner())
    response = browser.get(mailed_path(EmailKind.ACTIVATION, ANNA))
    assert response["Referrer-Policy"] == "strict-origin"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/a/x/", "/a/AAAAAAAAAAAAAAAAAAAAAA/", "/a/ż/", "/h/x/", "/s/x/", "/n/x/", "/a/%0a/"])
def test_a_garbled_link_gets_a_page(browser: Client, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 404
    assert "<h1>" in response.content.decode()


def test_an_expired_link_offers_a_new_one_to_the_same_mailbox(browser: Client) -> None:
    now = datetime.datetime.now(tz=datetime.UTC)
    make_claim(make_examiner())
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    with time_machine.travel(now + datetime.timedelta(days=8), tick=False):
        assert browser.get(path).status_code == 200
        assert Email.objects.count() == 1
        assert post(browser, path).status_code == 200
        assert list(Email.objects.values_list("email", flat=True)) == [ANNA, ANNA]
        assert mailed_path(EmailKind.ACTIVATION, ANNA) != path


def test_says_who_else_is_logged_in(browser: Client) -> None:
    make_claim(make_examiner())
    other = make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",), surname="Nowak", first_names="Jan"))
    browser.post("/konto/logowanie/", {"name": PESELS[1], "secret": PASSWORD})
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    assert "Jan Nowak" in words_of(browser.get(path))
    post(browser, path, password=PASSWORD)
    assert list(Account.objects.all()) == [other]


def test_the_known_mailbox_stops_a_claim_by_post_only(browser: Client) -> None:
    claim = make_claim(make_examiner(email="known@example.org"))
    notify_known_mailboxes()
    path = mailed_path(EmailKind.CLAIM_NOTICE, "known@example.org")
    browser.get(path)
    browser.head(path)
    assert Claim.objects.filter(closed_at__isnull=True).count() == 1
    assert post(browser, path).status_code == 200
    claim.refresh_from_db()
    assert claim.outcome == "stopped"
    assert browser.get(path).status_code == 410


def test_the_reset_link_changes_the_password_by_post_only(browser: Client) -> None:
    account = make_account(make_examiner())
    request_reset(name=PESELS[0], language="pl", ip="192.0.2.1")
    process_reset_requests()
    path = mailed_path(EmailKind.RESET, ANNA)
    browser.get(path)
    browser.head(path)
    short = post(browser, path, new_password="short", repeated_password="short")
    assert 'id="id_new_password_error"' in short.content.decode()
    account.refresh_from_db()
    before = account.password
    new = "zupelnie-nowe-haslo-2026"
    assert post(browser, path, new_password=new, repeated_password=new)["Location"] == "/konto/haslo/zmienione/"
    account.refresh_from_db()
    assert account.password != before
    assert browser.get(path).status_code == 410
    frozen = mailed_path(EmailKind.PASSWORD_CHANGED, ANNA)
    browser.get(frozen)
    account.refresh_from_db()
    assert account.is_active
    assert post(browser, frozen).status_code == 200
    account.refresh_from_db()
    assert not account.is_active
    assert Email.objects.get(kind=EmailKind.ACCOUNT_FROZEN).email == current_board().email
