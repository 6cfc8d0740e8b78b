import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mailings.domain.sending import cancel, pause
from egzaminator.mailings.domain.unsubscribe import unsubscribe_url
from egzaminator.mailings.enums import MailingKind
from egzaminator.mailings.models import Mailing, Preference
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, PESELS, examiner_of, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.helpers.receiver import Receiver
from tests.mailings.writing import press, work, write
from tests.records.editing import join

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
INBOX, SETTINGS = "/konto/wiadomosci/", "/konto/wiadomosci/ustawienia/"


@pytest.fixture
def anna() -> Account:
    return make_account(make_examiner(numbers=("A/1", "A/2")))


@pytest.fixture
def browser(anna: Account) -> Client:
    return login(PESELS[0])


@pytest.fixture
def officer() -> Account:
    return make_staff(roles=[Role.RECORDS])


def login(pesel: str) -> Client:
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": pesel, "secret": PASSWORD})
    return browser


def sent(officer: Account, body: str = "{zwrot}, {imię}: {numery}", subject: str = "Szkolenie") -> Mailing:
    mailing = press(write(officer, body=body, subject=subject), officer)
    work()
    return mailing


def test_it_is_read_with_ones_numbers_and_counted_until_then(
    browser: Client, anna: Account, officer: Account, mailbox: Receiver
) -> None:
    mailing = sent(officer)
    assert "Wiadomości od komisji 1 nieprzeczytane" in words_of(browser.get("/konto/wiadomosci/"))
    assert "nowa" in words_of(browser.get(INBOX))
    page = words_of(browser.get(f"{INBOX}{mailing.pk}/"))
    assert "Szanowny Panie, Anna: A/1, A/2" in page
    assert "A/1" not in mailbox.received[0].body("plain")
    read_at = mailing.recipients.get().read_at
    assert read_at is not None
    browser.get(f"{INBOX}{mailing.pk}/")
    assert mailing.recipients.get().read_at == read_at
    words = words_of(browser.get(INBOX))
    assert "nieprzeczytane" not in words
    work()
    mailing.refresh_from_db()
    assert mailing.counts["read"] in {0, 1}


def test_a_glance_by_head_does_not_read_it(browser: Client, anna: Account, officer: Account, mailbox: Receiver) -> None:
    mailing = sent(officer)
    assert browser.head(f"{INBOX}{mailing.pk}/").status_code == 200
    assert mailing.recipients.get().read_at is None


def test_nobody_else_reads_it(anna: Account, officer: Account, mailbox: Receiver) -> None:
    mailing = sent(officer)
    make_account(make_examiner(pesel=PESELS[1], numbers=("B/1",)), email="jan@example.org")
    assert login(PESELS[1]).get(f"{INBOX}{mailing.pk}/").status_code == 404


def test_it_is_not_there_before_it_starts_nor_when_it_was_cancelled(
    browser: Client, anna: Account, officer: Account, mailbox: Receiver
) -> None:
    mailing = press(write(officer), officer, starts_at=timezone.now() + datetime.timedelta(days=1))
    assert browser.get(f"{INBOX}{mailing.pk}/").status_code == 404
    mailbox.answer("RCPT", "anna@example.org", "451 4.3.0 Later")
    Mailing.objects.update(starts_at=timezone.now())
    work()
    assert browser.get(f"{INBOX}{mailing.pk}/").status_code == 200
    pause(mailing_id=mailing.pk, by=Actor(officer.pk))
    assert browser.get(f"{INBOX}{mailing.pk}/").status_code == 404
    cancel(mailing_id=mailing.pk, by=Actor(officer.pk))
    assert browser.get(f"{INBOX}{mailing.pk}/").status_code == 404


def test_who_has_no_account_yet_finds_it_after_the_activation(officer: Account, mailbox: Receiver) -> None:
    examiner = make_examiner(email="anna@example.pl")
    mailing = sent(officer)
    make_account(examiner)
    assert login(PESELS[0]).get(f"{INBOX}{mailing.pk}/").status_code == 200


def test_markup_of_staff_is_text_where_it_is_read(
    browser: Client, anna: Account, officer: Account, mailbox: Receiver
) -> None:
    Examiner.objects.update(first_names="<b>Anna</b>")
    mailing = sent(officer, "<script>x</script> **{imię}**")
    page = browser.get(f"{INBOX}{mailing.pk}/").content.decode()
    assert "&lt;script&gt;x&lt;/script&gt; <strong>&lt;b&gt;Anna&lt;/b&gt;</strong>" in page


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    browser: Client, anna: Account, officer: Account, mailbox: Receiver
) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    sent(officer)
    paths = (INBOX, f"{INBOX}wszystkie/")
    before = [count(path) for path in paths]
    for number in range(2):
        sent(officer, body=f"Treść {number}")
    assert [count(path) for path in paths] == before


def test_older_ones_are_on_the_next_page(browser: Client, anna: Account, officer: Account, mailbox: Receiver) -> None:
    start = timezone.now()
    for number in range(21):
        with time_machine.travel(start + datetime.timedelta(minutes=number), tick=False):
            sent(officer, subject=f"Temat {number:02}")
    page = browser.get(f"{INBOX}wszystkie/")
    shown = re.findall(r"Temat \d\d", page.content.decode())
    assert (len(shown), shown[0], shown[-1]) == (20, "Temat 20", "Temat 01")
    older = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
    assert older is not None
    assert re.findall(r"Temat \d\d", browser.get(f"{INBOX}wszystkie/{older[1]}").content.decode()) == ["Temat 00"]
    assert words_of(browser.get(INBOX)).count("Temat ") == 10


def test_an_examiner_chooses_and_it_is_in_the_history(browser: Client, anna: Account) -> None:
    fields = fields_of(browser.get(SETTINGS)) | {"salutation": "madam"}
    fields.pop("informational", None)
    assert "Zapisano." in words_of(browser.post(SETTINGS, fields, follow=True))
    preference = Preference.objects.get(examiner=examiner_of(anna))
    assert (preference.salutation, preference.informational_off_at is not None) == ("madam", True)
    tags = {Tag.SALUTATION_CHOSEN, Tag.INFORMATIONAL_TURNED_OFF}
    assert set(Event.objects.filter(subject=anna.pk, tag__in=tags).values_list("tag", flat=True)) == tags
    assert Event.objects.filter(subject=anna.pk, tag__in=tags).count() == 2


def test_one_click_of_a_mail_program_turns_them_off_and_a_visit_does_not(anna: Account, officer: Account) -> None:
    path = unsubscribe_url(examiner_id=examiner_of(anna).pk).partition("localhost:8000")[2]
    stranger = Client(enforce_csrf_checks=True)
    for answer in (stranger.get(path), stranger.head(path)):
        assert answer.status_code == 200
    assert not Preference.objects.exists()
    for _ in range(2):
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200
        assert "Wyłączone" in words_of(answer)
    assert Preference.objects.get().informational_off_at is not None
    assert Event.objects.get(tag=Tag.INFORMATIONAL_TURNED_OFF).subject == anna.pk


@pytest.mark.parametrize("spoilt", ["x", "0" * 32, "0" * 32 + ":abc", "0" * 32 + ":" + "a" * 43])
def test_a_forged_link_turns_nothing_off(spoilt: str) -> None:
    path = f"/w/{spoilt}/"
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 404]


def test_the_link_of_a_record_that_was_joined_is_the_kept_ones_and_a_deleted_persons_turns_nothing_off() -> None:
    kept, other = make_examiner(), make_examiner(pesel=PESELS[1], numbers=("B/1",))
    path = unsubscribe_url(examiner_id=other.pk).partition("localhost:8000")[2]
    join(kept, other)
    assert Client().post(path).status_code == 200
    assert Preference.objects.get().examiner == kept
    Preference.objects.all().delete()
    other.delete()
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 404]
    assert not Preference.objects.exists()


def test_who_turned_them_off_still_reads_an_informational_one(
    browser: Client, anna: Account, officer: Account, mailbox: Receiver
) -> None:
    Preference.objects.create(examiner=examiner_of(anna), informational_off_at=timezone.now())
    mailing = press(write(officer, kind=MailingKind.INFORMATIONAL), officer)
    work()
    assert mailbox.received == []
    assert browser.get(f"{INBOX}{mailing.pk}/").status_code == 200
