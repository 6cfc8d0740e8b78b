"""The form of a first login does not reveal, by what passwords it refuses, what else the register knows."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.passwords import check_for_personal_password
from egzaminator.accounts.models import Account
from egzaminator.mail.enums import EmailKind
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner
from tests.helpers.factories import DETAILS, add_entry, make_account, make_examiner
from tests.helpers.html import Response, token_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.mfa import log_in, send

pytestmark = pytest.mark.django_db
FORM = "/konto/zakladanie/"
MADE_OF = "To hasło składa się z twoich danych"
EMAIL = "trzebiat.bogusia@example.org"
TYPED = {name: value for name, value in DETAILS.items() if value is not False} | {
    "email": EMAIL,
    "first_name": "Bogumiła",
    "middle_names": "",
    "surname": "Trzebiatowska",
    "phone": "61 854 01 60",
}
# In the register only: surname, first names, another number.
UNTYPED = ["Wiśniowolska-Żywisława", "QX-83617-KRV-5529"]
# Typed in the form or at the log-in before it.
OWN = ["Trzebiatowska-Bogumiła", "44051401359 44051401359", "AB-60418-WTZ-7733", EMAIL]


@pytest.fixture
def examiner() -> Examiner:
    examiner = make_examiner(numbers=("AB-60418-WTZ-7733",), surname="Wiśniowolska", first_names="Żywisława")
    add_entry(examiner, "QX-83617-KRV-5529")
    return examiner


@pytest.fixture
def first_login(browser: Client, examiner: Examiner) -> Client:
    log_in(browser, secret="AB-60418-WTZ-7733")
    return browser


def save(browser: Client, password: str) -> Response:
    passwords = {"new_password": password, "repeated_password": password}
    return browser.post(FORM, TYPED | passwords | {"csrfmiddlewaretoken": token_of(browser, FORM)})


@pytest.mark.parametrize("password", UNTYPED)
def test_what_only_the_register_knows_is_no_reason_to_refuse(first_login: Client, password: str) -> None:
    assert save(first_login, password)["Location"] == "/konto/aktywacja/"
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("password", OWN)
def test_what_was_typed_is(first_login: Client, password: str) -> None:
    page = save(first_login, password)
    assert page.status_code == 200
    assert MADE_OF in words_of(page)


@pytest.mark.parametrize(("password", "is_asked"), [*((one, True) for one in UNTYPED), ("kasztan-rower-okno", False)])
def test_at_the_first_log_in_whoever_has_such_a_password_is_asked_to_change_it(
    first_login: Client, password: str, *, is_asked: bool
) -> None:
    save(first_login, password)
    send(first_login, mailed_path(EmailKind.ACTIVATION, EMAIL))
    assert Account.objects.get().has_personal_password is None
    owner = Client(headers={"Sec-Fetch-Site": "same-origin"})
    assert log_in(owner, secret=password)["Location"] == "/konto/"
    assert Account.objects.get().has_personal_password is is_asked
    assert ("Zmień je na inne" in words_of(owner.get("/konto/"))) is is_asked

    new = "zupełnie nowe hasło 2026"
    changed = {"password": password, "new_password": new, "repeated_password": new}
    assert send(owner, "/konto/zmiana-hasla/", **changed)["Location"] == "/konto/"
    assert Account.objects.get().has_personal_password is False
    assert "Zmień je na inne" not in words_of(owner.get("/konto/"))


def test_a_password_is_looked_at_once(django_assert_num_queries: DjangoAssertNumQueries, examiner: Examiner) -> None:
    account = make_account(examiner)
    check_for_personal_password(account=account, password=UNTYPED[0])
    assert account.has_personal_password is True
    with django_assert_num_queries(0):
        check_for_personal_password(account=account, password="kasztan-rower-okno")
    assert account.has_personal_password is True
