import datetime
from contextlib import AbstractContextManager

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts import hashers
from egzaminator.accounts.domain.passwords import check_for_personal_password
from egzaminator.accounts.models import Account, Link
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Priority
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain import claims
from egzaminator.onboarding.domain.claims import HASHES_OF_GRANT, MOST_OPEN, save_claim
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.errors import AccountExistsError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.domain.counters import Limit
from egzaminator.register.models import Examiner
from tests.helpers.factories import (
    DETAILS,
    PASSWORD,
    PESELS,
    add_entry,
    filled_form,
    make_account,
    make_claim,
    make_examiner,
    make_grant,
)
from tests.helpers.html import Response, fields_of, marks_of, token_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.mfa import log_in, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_keeps_the_form_and_queues_one_mail() -> None:
    examiner = make_examiner()
    grant = make_grant(examiner)
    claim = save_claim(grant=grant, form=filled_form(examiner), ip="192.0.2.1")
    assert (claim.examiner, claim.grant_id, claim.email) == (examiner, grant.id, "anna@example.org")
    assert claim.details == DETAILS
    assert b"Poz" not in bytes(Claim.objects.get().details_encrypted)
    assert claim.surname_differs is False
    message = Email.objects.get()
    assert (message.kind, message.email, message.recipient_name, message.priority, message.related_id) == (
        EmailKind.ACTIVATION,
        "anna@example.org",
        "Anna Łukasik",
        Priority.ACCESS,
        claim.id,
    )
    assert Event.objects.get(tag=Tag.CLAIM_SAVED).details == {"claim": str(claim.id)}


def test_saving_twice_in_one_scope_gives_the_same_claim() -> None:
    examiner = make_examiner()
    grant = make_grant(examiner)
    first = save_claim(grant=grant, form=filled_form(examiner))
    second = save_claim(grant=grant, form=filled_form(examiner, email="other@example.org"))
    assert first == second
    assert Email.objects.count() == 1


def test_is_refused_when_the_account_is_active() -> None:
    examiner = make_examiner()
    make_account(examiner)
    with pytest.raises(AccountExistsError):
        make_claim(examiner)
    assert Claim.objects.count() == 0


def test_a_surname_that_differs_is_accepted_and_flagged() -> None:
    examiner = make_examiner(surname="Nowak")
    assert make_claim(examiner).surname_differs is True


def test_a_surname_that_differs_by_capitals_only_is_not_flagged() -> None:
    examiner = make_examiner(surname="ŁUKASIK")
    assert make_claim(examiner).surname_differs is False


def test_the_known_mailbox_hears_when_the_form_names_another() -> None:
    make_claim(make_examiner(email="known@example.org"))
    assert notify_known_mailboxes() == 1
    assert notify_known_mailboxes() == 0
    assert set(Email.objects.values_list("kind", "email", "recipient_name")) == {
        (EmailKind.ACTIVATION, "anna@example.org", "Anna Łukasik"),
        (EmailKind.CLAIM_NOTICE, "known@example.org", "Anna Maria Łukasik"),
    }


def test_the_known_mailbox_does_not_hear_of_itself() -> None:
    make_claim(make_examiner(email="Anna@Example.org"))
    notify_known_mailboxes()
    assert list(Email.objects.values_list("kind", flat=True)) == [EmailKind.ACTIVATION]


def test_of_too_many_claims_the_oldest_that_was_never_mailed_gives_way() -> None:
    """Only ten a day are mailed, so that someone who saves many forms displaces their own."""
    examiner = make_examiner()
    claims = [make_claim(examiner, email=f"a{number}@example.org") for number in range(MOST_OPEN + 1)]
    closed = Claim.objects.exclude(outcome="")
    assert list(closed.values_list("id", "outcome")) == [(claims[10].id, ClaimOutcome.SUPERSEDED)]


def test_of_too_many_mailed_claims_the_oldest_gives_way() -> None:
    examiner = make_examiner()
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        claims = []
        for number in range(MOST_OPEN + 1):
            claims.append(make_claim(examiner, email=f"a{number}@example.org"))
            clock.shift(datetime.timedelta(hours=3))
    closed = Claim.objects.exclude(outcome="")
    assert list(closed.values_list("id", "outcome")) == [(claims[0].id, ClaimOutcome.SUPERSEDED)]
    assert Link.objects.filter(subject=claims[0].id, withdrawn_at__isnull=True).count() == 0


def test_the_sixth_mail_of_a_day_to_one_mailbox_is_not_sent_but_the_form_is_kept() -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        for pesel in range(6):
            make_claim(make_examiner(pesel=None, identifier_key=f"x{pesel}", numbers=(f"N-{pesel}",)))
    assert Claim.objects.count() == 6
    assert Email.objects.count() == 5
    assert Event.objects.get(tag=Tag.MAIL_CAPPED).details == {"limit": "mail.mailbox"}


def test_the_eleventh_mail_of_a_day_about_one_examiner_is_not_sent() -> None:
    examiner = make_examiner()
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        for number in range(11):
            make_claim(examiner, email=f"a{number}@example.org")
    assert Email.objects.count() == 10
    assert Event.objects.get(tag=Tag.MAIL_CAPPED).details == {"limit": "mail.examiner"}


FORM = "/konto/zakladanie/"
FILLED = {name: value for name, value in DETAILS.items() if value is not False} | {
    "email": "anna@example.org",
    "new_password": PASSWORD,
    "repeated_password": PASSWORD,
}


def begin(browser: Client) -> dict[str, str]:
    """Log in for the first time. Return the hidden fields of the form's page."""
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": "A-1"})
    page = browser.get(FORM)
    return {"csrfmiddlewaretoken": fields_of(page)["csrfmiddlewaretoken"], "whose": marks_of(page)[""]}


def test_a_mark_makes_so_many_hashes_an_hour_and_no_other_form_suffers(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "HASHES_OF_GRANT", Limit("claim.hashes", most=2, period=HASHES_OF_GRANT.period))
    turns: list[bool] = []
    turn = hashers.hashing_slot

    def noted(*, is_throttled: bool = False) -> AbstractContextManager[None]:
        turns.append(is_throttled)
        return turn(is_throttled=is_throttled)

    monkeypatch.setattr(hashers, "hashing_slot", noted)
    make_examiner(numbers=("A-1",))
    first = begin(browser)
    turns.clear()
    pages = [Client().post(FORM, FILLED | first) for _ in range(5)]
    assert len(turns) == 2
    assert [bool(fields_of(page).get("encrypted_password")) for page in pages] == [True, True, False, False, False]
    assert "Za dużo prób" in words_of(pages[-1])
    assert fields_of(pages[-1])["email"] == FILLED["email"]
    assert browser.post(FORM, FILLED | first).status_code == 200
    assert browser.post(FORM, FILLED | begin(browser))["Location"] == "/konto/aktywacja/"


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
    check_for_personal_password(account=account, password=UNTYPED[0], numbers=["A-1"])
    assert account.has_personal_password is True
    with django_assert_num_queries(0):
        check_for_personal_password(account=account, password="kasztan-rower-okno", numbers=["A-1"])
    assert account.has_personal_password is True
