"""The question whether the owner still reads the mailbox: asked at the log-in, never in the way."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from egzaminator.accounts.domain.email_question import ask_about_email
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.holds import hold_of
from egzaminator.mail.models import Email
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.reports import hand_over, report

pytestmark = pytest.mark.django_db
QUESTION = "/konto/adres/pytanie/"
ANNA = "anna@example.org"


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner(), email=ANNA)


def log_in(**extra: str) -> tuple[Client, Response]:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    return client, client.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD} | extra, follow=True)


def path_of(response: Response) -> str:
    return str(response.request["PATH_INFO"])


def answer(client: Client, answer: str) -> Response:
    fields = fields_of(client.get(QUESTION))
    return client.post(QUESTION, fields | {"answer": answer}, follow=True)


def tags() -> set[str]:
    return set(Event.objects.values_list("tag", flat=True))


def test_nobody_is_asked_for_a_year_and_then_one_is(account: Account) -> None:
    assert path_of(log_in()[1]) == "/konto/"
    with time_machine.travel(timezone.now() + datetime.timedelta(days=364)):
        assert path_of(log_in()[1]) == "/konto/"
    with time_machine.travel(timezone.now() + datetime.timedelta(days=366)):
        client, page = log_in()
        assert path_of(page) == QUESTION
        assert "Czy nadal korzystasz z adresu anna@example.org?" in words_of(page)

        answered = answer(client, "yes")

        assert path_of(answered) == "/konto/"
        assert path_of(log_in()[1]) == "/konto/"
        account.refresh_from_db()
        assert account.email_confirmed_at.date() == timezone.now().date()
    assert Tag.EMAIL_STILL_USED in tags()


def test_after_three_times_later_it_is_a_line_on_the_overview(account: Account) -> None:
    ask_about_email(accounts=Account.objects.all())
    for _ in range(3):
        client, page = log_in()
        assert path_of(page) == QUESTION
        assert path_of(answer(client, "later")) == "/konto/"

    _, page = log_in()

    assert path_of(page) == "/konto/"
    assert "Czy nadal korzystasz z adresu anna@example.org?" in words_of(page)
    assert QUESTION in page.content.decode()


def test_staff_may_have_it_asked_again(account: Account) -> None:
    ask_about_email(accounts=Account.objects.all())
    client, page = log_in()
    assert path_of(page) == QUESTION
    answer(client, "yes")
    assert path_of(log_in()[1]) == "/konto/"

    ask_about_email(accounts=Account.objects.all())

    assert path_of(log_in()[1]) == QUESTION


def test_the_question_bars_no_way(account: Account) -> None:
    ask_about_email(accounts=Account.objects.all())
    client, page = log_in(next="/konto/dane/")
    assert path_of(page) == QUESTION
    fields = fields_of(page)
    assert fields["next"] == "/konto/dane/"

    assert client.get("/konto/").status_code == 200
    assert path_of(client.post(QUESTION, fields | {"answer": "later"}, follow=True)) == "/konto/dane/"
    foreign = client.post(QUESTION, fields | {"answer": "later", "next": "//evil.example/"}, follow=True)
    assert path_of(foreign) == "/konto/"


def test_who_is_not_asked_is_led_on(account: Account) -> None:
    client, _ = log_in()
    assert path_of(client.get(QUESTION, follow=True)) == "/konto/"


def test_a_click_frees_no_address_but_the_mailed_link_does(account: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        take_report(report(hand_over(ANNA)))
        clock.shift(datetime.timedelta(minutes=1))
        client, page = log_in()
        assert "Wysłane do ciebie e-maile wracają" in words_of(page)

        answer(client, "yes")
        assert hold_of(ANNA) is not None
        assert Tag.EMAIL_STILL_USED not in tags()

        assert path_of(answer(client, "link")) == "/konto/"
        assert hold_of(ANNA) is not None
        path = mailed_path(EmailKind.EMAIL_CHECK, ANNA)
        anybody = Client()
        assert anybody.get(path).status_code == 200
        assert hold_of(ANNA) is not None

        assert "E-maile docierają" in words_of(anybody.post(path))
        assert hold_of(ANNA) is None
    assert {Tag.EMAIL_HELD, Tag.EMAIL_CHECK_SENT, Tag.EMAIL_HOLD_ENDED, Tag.EMAIL_STILL_USED} <= tags()


def test_a_hold_is_a_line_on_the_overview_too_and_is_asked_anew(account: Account) -> None:
    Account.objects.update(email_postponed=3)
    take_report(report(hand_over(ANNA)))

    client, page = log_in()

    assert path_of(page) == QUESTION
    assert "wracają" in words_of(client.get("/konto/"))


def test_links_are_mailed_only_as_often_as_any_other(account: Account) -> None:
    take_report(report(hand_over(ANNA)))
    client, _ = log_in()
    for _ in range(7):
        answer(client, "link")
    assert Email.objects.filter(kind=EmailKind.EMAIL_CHECK).count() == 5


def test_an_answer_about_another_address_changes_nothing(account: Account) -> None:
    ask_about_email(accounts=Account.objects.all())
    client, page = log_in()
    Account.objects.update(email="nowa@example.org")

    client.post(QUESTION, fields_of(page) | {"answer": "yes"})

    assert Tag.EMAIL_STILL_USED not in tags()


def test_staff_are_not_asked(account: Account) -> None:
    staff = make_staff()
    Account.objects.update(email_asked_at=timezone.now() + datetime.timedelta(days=1))
    client = Client()
    client.force_login(staff)
    assert client.get(QUESTION).headers["Location"] == "/panel/"
