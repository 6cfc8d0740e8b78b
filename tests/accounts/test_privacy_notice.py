"""A new version of the information clause is shown once after the log-in, whichever way in, and bars none of them."""

import pytest
from django.test import Client

from egzaminator.accounts.domain.privacy_notice import publish_notice
from egzaminator.accounts.models import PrivacyNotice, PrivacyNoticeReading
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from tests.accounts.mfa.passkey_browser import add, come_in, new_browser
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.mfa import Device, give_totp, log_in, send, totp_code
from tests.onboarding.test_views import FILLED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOTICE = "/konto/klauzula/"


def publish(html: str = "<h3>Odbiorcy</h3><p>Poczta.</p>") -> PrivacyNotice:
    return publish_notice(html=html, changes="Nowy odbiorca: poczta.\n\n<b>Reszta</b> bez zmian.", by=SYSTEM)


def go_on(browser: Client) -> str:
    """Press the button and return where it leads."""
    return str(send(browser, NOTICE)["Location"])


def test_it_stands_between_the_log_in_and_where_one_goes_once(browser: Client) -> None:
    account = make_account(make_examiner())
    notice = publish()
    assert log_in(browser, next="/konto/dane/")["Location"] == NOTICE
    shown = browser.get(NOTICE)
    words = words_of(shown)
    assert "Nowa wersja klauzuli informacyjnej" in words
    assert "Nowy odbiorca: poczta." in words
    assert "<b>Reszta</b> bez zmian." in words  # what the board types is text
    assert "<h3>Odbiorcy</h3><p>Poczta.</p>" in shown.content.decode()
    assert not PrivacyNoticeReading.objects.exists()  # to have it opened changes nothing
    assert go_on(browser) == "/konto/dane/"
    reading = PrivacyNoticeReading.objects.get()
    assert (reading.account, reading.version) == (account, notice.version)
    event = Event.objects.get(tag=Tag.PRIVACY_NOTICE_READ)
    assert (event.actor, event.subject, event.details) == (account.id, account.id, {"version": notice.version})
    told = f"Pokazano klauzulę informacyjną w wersji {notice.version}"
    assert told in words_of(browser.get("/konto/historia/"))
    assert browser.get(NOTICE)["Location"] == "/konto/"
    assert log_in(Client(headers={"Sec-Fetch-Site": "same-origin"}))["Location"] == "/konto/"


def test_it_bars_the_way_to_nothing_and_is_shown_again_to_who_left_without_the_button(browser: Client) -> None:
    make_account(make_examiner())
    publish()
    assert log_in(browser)["Location"] == NOTICE
    assert [browser.get(path).status_code for path in ("/konto/", "/konto/dane/")] == [200, 200]
    assert log_in(Client(headers={"Sec-Fetch-Site": "same-origin"}))["Location"] == NOTICE


def test_it_comes_after_the_second_factor(browser: Client) -> None:
    give_totp(make_account(make_examiner()))
    publish()
    assert log_in(browser, next="/konto/dane/")["Location"] == "/konto/logowanie/drugi-krok/"
    assert browser.get(NOTICE)["Location"] == f"/konto/logowanie/?next={NOTICE}"
    assert send(browser, "/konto/logowanie/drugi-krok/", code=totp_code())["Location"] == NOTICE
    assert go_on(browser) == "/konto/dane/"


def test_it_comes_after_a_passkey(browser: Client) -> None:
    make_account(make_examiner())
    log_in(browser)
    device = Device()
    add(browser, device)
    publish()
    other = new_browser()
    assert come_in(other, device, next="/konto/sesje/")["Location"] == NOTICE
    assert go_on(other) == "/konto/sesje/"


def test_after_the_activation_it_comes_if_the_form_showed_another_version(browser: Client) -> None:
    claim = make_claim(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    newest = publish()
    path = mailed_path(EmailKind.ACTIVATION, "anna@example.org")
    assert send(browser, path)["Location"] == NOTICE
    assert "Twoje konto jest aktywne." in words_of(browser.get(NOTICE))
    assert go_on(browser) == "/konto/"
    of_form, later = PrivacyNoticeReading.objects.order_by("id")
    assert (of_form.version, of_form.read_at) == ("2026-11-22", claim.created_at)
    assert later.version == newest.version


@pytest.mark.parametrize("published_first", [True, False])
def test_a_form_is_saved_with_the_version_that_its_page_showed(browser: Client, *, published_first: bool) -> None:
    make_examiner(numbers=("A-1",))
    newest = publish() if published_first else None
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    page = fields_of(browser.get("/konto/zakladanie/"))
    newest = newest or publish()
    browser.post("/konto/zakladanie/", page | FILLED)
    path = mailed_path(EmailKind.ACTIVATION, "anna@example.org")
    assert send(browser, path)["Location"] == ("/konto/" if published_first else NOTICE)
    shown = PrivacyNoticeReading.objects.get().version
    assert shown == (newest.version if published_first else "2026-11-22")


def test_a_made_up_version_in_a_form_counts_as_the_programs_own(browser: Client) -> None:
    make_examiner(numbers=("A-1",))
    publish()
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    page = fields_of(browser.get("/konto/zakladanie/"))
    browser.post("/konto/zakladanie/", page | FILLED | {"privacy_notice": "2999-01-01/1"})
    send(browser, mailed_path(EmailKind.ACTIVATION, "anna@example.org"))
    assert PrivacyNoticeReading.objects.get().version == "2026-11-22"


def test_a_version_published_while_another_is_read_is_shown_next(browser: Client) -> None:
    make_account(make_examiner())
    first = publish()
    log_in(browser)
    page = fields_of(browser.get(NOTICE))
    second = publish("<p>Jeszcze nowsza.</p>")
    assert browser.post(NOTICE, page)["Location"] == NOTICE
    assert list(PrivacyNoticeReading.objects.values_list("version", flat=True)) == [first.version]
    assert "Jeszcze nowsza." in words_of(browser.get(NOTICE))
    assert go_on(browser) == "/konto/"
    assert {first.version, second.version} == set(PrivacyNoticeReading.objects.values_list("version", flat=True))


def test_the_button_pressed_twice_is_recorded_once(browser: Client) -> None:
    make_account(make_examiner())
    publish()
    log_in(browser, next="/konto/dane/")
    page = fields_of(browser.get(NOTICE))
    assert [browser.post(NOTICE, page)["Location"] for _ in range(2)] == ["/konto/dane/", "/konto/"]
    assert (PrivacyNoticeReading.objects.count(), Event.objects.filter(tag=Tag.PRIVACY_NOTICE_READ).count()) == (1, 1)


@pytest.mark.parametrize("version", ["", "2999-01-01/1", "x" * 5000, "\0"])
def test_a_version_that_was_never_published_records_nothing(browser: Client, version: str) -> None:
    make_account(make_examiner())
    publish()
    log_in(browser)
    page = fields_of(browser.get(NOTICE))
    assert browser.post(NOTICE, page | {"version": version}).status_code in {302, 400}
    assert not PrivacyNoticeReading.objects.exists()


def test_staff_are_not_asked(browser: Client) -> None:
    member = make_staff()
    publish()
    assert log_in(browser, member.email)["Location"] == "/panel/"
    assert browser.get(NOTICE)["Location"] == "/panel/"


def test_without_a_published_version_nobody_is_asked(browser: Client) -> None:
    make_account(make_examiner())
    assert log_in(browser)["Location"] == "/konto/"
    assert browser.get(NOTICE)["Location"] == "/konto/"


def test_the_clause_is_polish_in_english_pages_too(browser: Client) -> None:
    make_account(make_examiner())
    publish()
    log_in(browser)
    html = browser.get(f"/en{NOTICE}").content.decode()
    assert "New version of the information clause" in html
    assert html.count('lang="pl"') >= 2
