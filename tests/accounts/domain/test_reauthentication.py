"""No password is tried without a trace: each one, right or wrong, is recorded as an event wherever it is given."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

import egzaminator
from egzaminator.accounts.domain.email_change import EMAIL_CHANGES, request_email_change
from egzaminator.accounts.models import Account
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.claims import MOST_CORRECTIONS
from egzaminator.register.models import Examiner
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_claim, make_examiner
from tests.helpers.html import token_of
from tests.helpers.links import mailed_path
from tests.helpers.mfa import give_totp, log_in, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOT = Path(egzaminator.__file__).parent
ANNA, NEW = "anna@example.org", "nowa@example.org"
FORM = "/konto/zakladanie/"


def callers(*names: str) -> set[str]:
    """Return the source files that call a function of one of these names."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name in names:
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_passwords_are_compared_in_two_places_which_record_it() -> None:
    assert callers("find_match", "match_password") == {
        "accounts/domain/password_matching.py",  # match_password is implemented with find_match
        "login/domain/log_in.py",
    }
    assert callers("constant_time_compare", "verify_password", "authenticate", "acheck_password") == {
        "accounts/domain/password_matching.py"
    }
    # The only caller outside forms is the demo. `check_password` is the rule for new passwords.
    assert {path for path in callers("check_password") if "passwords" not in path} == {
        "accounts/password_forms.py",
        "demo/domain/choose_logins.py",
    }
    assert callers("prove_password") == {"accounts/domain/reauthentication.py", "onboarding/domain/claims.py"}
    assert callers("prove_claim") == {
        "onboarding/domain/activation.py",
        "onboarding/domain/claims.py",
    }
    assert callers("confirm_password", "confirm_password_by_link") == {
        "accounts/domain/email_change.py",
        "accounts/domain/passwords.py",
        "accounts/mfa/login_views.py",
    }
    assert callers("log_in") == {"login/claim_form_view.py", "login/views.py"}


Give = Callable[[str], object]


def new_browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def at_the_log_in() -> Give:
    make_account(make_examiner())
    return lambda secret: log_in(new_browser(), secret=secret)


def in_an_outlived_form() -> Give:
    make_account(make_examiner())
    return lambda secret: new_browser().post(FORM, {"name": PESELS[0], "secret": secret})


def of_a_form_at_the_log_in() -> Give:
    make_claim(make_examiner())
    return lambda secret: log_in(new_browser(), secret=secret)


def logged_in(path: str, **fields: str) -> Give:
    make_account(make_examiner())
    browser = new_browser()
    log_in(browser)
    fields["csrfmiddlewaretoken"] = token_of(browser, path)
    return lambda secret: browser.post(path, fields | {"password": secret})


def to_confirm() -> Give:
    return logged_in("/konto/potwierdzenie/")


def to_change_the_password() -> Give:
    new = "zupełnie nowe hasło 2026"
    return logged_in("/konto/zmiana-hasla/", new_password=new, repeated_password=new)


def to_change_the_email() -> Give:
    return logged_in("/konto/adres/", email=NEW)


def to_confirm_an_email() -> Give:
    account = make_account(make_examiner())
    request_email_change(account=account, email=NEW, password=PASSWORD)
    path = mailed_path(EmailKind.NEW_EMAIL, NEW)
    return lambda secret: new_browser().post(path, {"password": secret})


def to_activate() -> Give:
    make_claim(make_examiner())
    path = mailed_path(EmailKind.ACTIVATION, ANNA)
    return lambda secret: new_browser().post(path, {"password": secret})


def to_correct_the_email() -> Give:
    make_claim(make_examiner())
    browser = new_browser()
    log_in(browser)
    path = "/konto/aktywacja/adres/"
    token = token_of(browser, path)
    return lambda secret: browser.post(path, {"email": NEW, "password": secret, "csrfmiddlewaretoken": token})


USES = {
    at_the_log_in: (Tag.PASSWORD_ACCEPTED, Tag.LOGIN_REFUSED),
    in_an_outlived_form: (Tag.PASSWORD_ACCEPTED, Tag.LOGIN_REFUSED),
    of_a_form_at_the_log_in: (Tag.CLAIM_OPENED, Tag.LOGIN_REFUSED),
    to_confirm: (Tag.IDENTITY_CONFIRMED, Tag.IDENTITY_REFUSED),
    to_change_the_password: (Tag.IDENTITY_CONFIRMED, Tag.IDENTITY_REFUSED),
    to_change_the_email: (Tag.IDENTITY_CONFIRMED, Tag.IDENTITY_REFUSED),
    to_confirm_an_email: (Tag.IDENTITY_CONFIRMED, Tag.IDENTITY_REFUSED),
    to_activate: (Tag.CLAIM_PROVEN, Tag.ACTIVATION_REFUSED),
    to_correct_the_email: (Tag.CLAIM_PROVEN, Tag.CLAIM_REFUSED),
}


@pytest.mark.parametrize("is_right", [True, False])
@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_right_and_wrong_leave_an_event_wherever_a_password_is_given(
    use: Callable[[], Give], *, is_right: bool
) -> None:
    give = use()
    earlier = set(Event.objects.values_list("id", flat=True))
    give(PASSWORD if is_right else "not it at all")
    accepted, refused = USES[use]
    (event,) = Event.objects.filter(tag=accepted if is_right else refused).exclude(id__in=earlier)
    concerned = {Examiner.objects.get().id, *Account.objects.values_list("id", flat=True)}
    assert event.subject in concerned
    assert event.ip == "127.0.0.1"


def test_a_password_tried_out_in_an_outlived_form_is_told_like_a_log_in() -> None:
    account = make_account(make_examiner())
    log_in(new_browser())
    log_in(new_browser(), secret="not it at all")
    guessed = new_browser()
    guessed.post(FORM, {"name": PESELS[0], "secret": PASSWORD})
    assert Email.objects.filter(kind=EmailKind.NEW_DEVICE, email=ANNA).count() == 1
    assert Event.objects.filter(tag=Tag.DEVICE_NEW, subject=account.id).count() == 1
    assert guessed.get("/konto/").status_code == 302


def test_a_password_without_its_second_step_is_told_once_and_a_whole_log_in_not_again() -> None:
    account = make_account(make_examiner())
    log_in(new_browser())
    codes = give_totp(account)
    browser = new_browser()
    log_in(browser)
    assert Email.objects.filter(kind=EmailKind.NEW_DEVICE).count() == 1
    send(browser, "/konto/logowanie/drugi-krok/", code=codes[0])
    assert browser.get("/konto/").status_code == 200
    assert Email.objects.filter(kind=EmailKind.NEW_DEVICE).count() == 1


def test_what_is_refused_afterwards_for_another_reason_was_recorded_all_the_same() -> None:
    give = to_change_the_email()
    for _ in range(EMAIL_CHANGES.most + 1):
        give(PASSWORD)
    assert Event.objects.filter(tag=Tag.EMAIL_CHANGE_ASKED).count() == EMAIL_CHANGES.most
    assert Event.objects.filter(tag=Tag.IDENTITY_CONFIRMED).count() == EMAIL_CHANGES.most + 1


def test_a_correction_too_many_was_recorded_all_the_same() -> None:
    give = to_correct_the_email()
    for _ in range(MOST_CORRECTIONS + 1):
        give(PASSWORD)
    assert Event.objects.filter(tag=Tag.CLAIM_PROVEN).count() == MOST_CORRECTIONS + 1
