"""Every form says whom it is for, and acts on nobody else, even when two people use one browser in two tabs."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from egzaminator import settings as own_settings
from egzaminator.accounts.models import Account, EmailChange, Profile
from egzaminator.accounts.own_forms import UNMARKED, own_form_of
from egzaminator.audit.models import Event
from egzaminator.core.form_marks import make_mark
from egzaminator.mail.models import Email
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, marks_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DETAILS_PAGE = "/konto/dane/"
FIELDS = {name: value for name, value in DETAILS.items() if value is not False}
OTHER_PERSON = "W tej przeglądarce zalogowała się w międzyczasie inna osoba."

# Forms without a mark of whom they are for: template, and why.
EXEMPT_FORMS = {
    "login/forgotten_password.html": "whoever types their PESEL is whom it is for",
    "frame/login_box.html": "nobody is logged in yet; it stands on pages that are the same for all",
    "login/login.html": "nobody is logged in yet",
    "frame/passkey_form.html": "nobody is logged in yet; the passkey says who it is",
    "onboarding/stop_claim.html": "the link's token says whose form it stops",
    "onboarding/activate.html": "the link's token says which form it activates; the other one logs out",
    "onboarding/expired_activation.html": "the link's token says whose it is",
    "accounts/freeze.html": "the link's token says whose account it is",
    "accounts/reset_password.html": "the link's token says whose account it is",
    "accounts/email_arrives.html": "the link's token says whose address it is",
    "accounts/confirm_email.html": "the link's token says whose address it is; the other one logs out",
    "accounts/confirm_correction.html": "the link's token says whose address it is; whoever sends it proves the person",
    "mailings/unsubscribe.html": "the token in the URL says whose it is",
    "panel/find_examiner.html": "a search: changes nothing",
    "panel/examiner_list.html": "a search: changes nothing",
    "panel/case.html": "a search: changes nothing",
    "panel/protection/find_person.html": "a search: changes nothing",
    "panel/journal.html": "a search: changes nothing; the export has a mark",
    "panel/dashboard.html": "two searches, sent to the pages above",
    "frame/account_menu.html": "logs out whoever is logged in, which loses nothing and stands on every page",
}
# Views that accept a POST without a mark: name, and why.
EXEMPT_VIEWS = {
    "login": "nobody is logged in yet",
    "passkey-login": "nobody is logged in yet",
    "passkey-login-challenge": "nobody is logged in yet",
    "second-step-challenge": "writes a challenge into this browser's session, nothing else",
    "log-out": "logs out whoever is logged in",
    "forgotten-password": "whoever types their PESEL is whom it is for",
    "activate": "the link's token says whose it is",
    "stop-claim": "the link's token says whose it is",
    "reset": "the link's token says whose it is",
    "new-email": "the link's token says whose it is",
    "confirm-email": "the link's token says whose it is",
    "freeze": "the link's token says whose it is",
    "unsubscribe": "the token in the URL says whose it is; mail programs send it without a session (RFC 8058)",
    "case": "a search: changes nothing",
    "journal": "a search: changes nothing",
    "find-examiner": "a search: changes nothing",
    "protection-person": "a search: changes nothing",
}
# These views check the mark themselves.
LOOK_THEMSELVES = {"claim-form", "claim-prolong", "session-visit"}
NOT_OURS = {"wagtail_serve", "sitemap", "news-feed"}


def views_of(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif not str(getattr(pattern.urlconf_module, "__name__", "")).startswith(("wagtail", "egzaminator.demo")):
            yield from views_of(pattern)


def our_views() -> dict[str, URLPattern]:
    views = {view.name: view for view in views_of(get_resolver()) if view.name}
    own = {
        name: view
        for name, view in views.items()
        if str(getattr(view.callback, "__module__", "")).startswith("egzaminator.") and name not in NOT_OURS
    }
    return {name: view for name, view in own.items() if not name.startswith("wagtail")}


def path_of(view: URLPattern) -> str:
    values = {
        "token": "x" * 22,
        "examiner_id": UUID(int=1),
        "other_id": UUID(int=2),
        "entry_id": 1,
        "decision_id": 1,
        "passkey_id": 1,
        "message_id": UUID(int=1),
        "act_id": UUID(int=1),
        "selection_id": UUID(int=1),
        "member_id": UUID(int=1),
        "mailing_id": UUID(int=1),
        "invitation_id": UUID(int=1),
        "attachment_id": UUID(int=1),
        "export_id": UUID(int=1),
        "import_id": UUID(int=1),
        "note_id": UUID(int=1),
        "scope_id": 1,
        "ground_id": 1,
        "version": "0123456789ab",
        "slug": "redakcja",
        "name": "forms",
    }
    return reverse(str(view.name), kwargs={name: values[name] for name in view.pattern.converters})


def test_every_form_in_every_template_says_whom_it_is_for() -> None:
    marked, unmarked = 0, set()
    for template in Path(own_settings.PACKAGE_DIR).rglob("templates/**/*.html"):
        for form in re.findall(r"<form\b.*?</form>", template.read_text(), re.DOTALL):
            if 'method="post"' not in form:
                continue
            if "{% whose " in form or "{{ mark_field }}" in form:
                marked += 1
            else:
                unmarked.add(template.as_posix().rpartition("/templates/")[2])
    assert unmarked == set(EXEMPT_FORMS)
    assert marked >= 27


def test_every_view_that_takes_a_form_looks_whom_it_is_for(browser: Client) -> None:
    """Log in as staff, because the panel redirects everybody else to the log-in."""
    browser.force_login(make_staff())
    looks = set()
    for name, view in our_views().items():
        if name in EXEMPT_VIEWS or name in LOOK_THEMSELVES:
            continue
        if own_form_of(view.callback) is not None:
            looks.add(name)
            continue
        token = fields_of(browser.get("/panel/egzaminatorzy/"))["csrfmiddlewaretoken"]
        answer = browser.post(path_of(view), headers={"X-CSRFToken": token})
        assert answer.status_code == 405, f"{name} takes a POST and looks at no mark"
    assert len(looks) >= 27
    assert EXEMPT_VIEWS.keys() | LOOK_THEMSELVES <= our_views().keys()


@pytest.fixture
def two_people(browser: Client) -> tuple[Client, Account, Account]:
    """Anna has pages open in one tab. Ewa has since logged in in another tab of the same browser."""
    anna = make_account(make_examiner(numbers=("A-1",)))
    ewa = make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email="ewa@example.org")
    log_in(browser, PESELS[1])
    return browser, anna, ewa


def log_in(browser: Client, name: str) -> None:
    token = fields_of(browser.get("/konto/logowanie/")).get("csrfmiddlewaretoken", "")
    if token:
        browser.post("/konto/logowanie/", {"name": name, "secret": PASSWORD, "csrfmiddlewaretoken": token})


def token_in(browser: Client) -> str:
    return fields_of(browser.get(DETAILS_PAGE))["csrfmiddlewaretoken"]


def state() -> tuple[object, ...]:
    return (
        sorted(Account.objects.values_list()),
        sorted(Profile.objects.values_list()),
        EmailChange.objects.count(),
        Email.objects.count(),
        Event.objects.count(),
    )


def test_no_account_s_form_of_one_person_acts_on_another(two_people: tuple[Client, Account, Account]) -> None:
    browser, anna, _ewa = two_people
    acted = []
    for name, view in our_views().items():
        form = own_form_of(view.callback)
        if form is None or form is UNMARKED or not str(view.pattern).startswith("konto/"):
            continue
        if name.startswith("claim-") or name in {"mfa_authenticate", "my-account", "history", "messages", "message"}:
            continue
        path = path_of(view)
        token, before = token_in(browser), state()
        sent = FIELDS | {
            "csrfmiddlewaretoken": token,
            "whose": make_mark(anna.pk, name, *view.pattern.converters and [1]),
            "email": "nowy@example.org",
            "password": PASSWORD,
            "new_password": "zupełnie inne hasło 77",
            "repeated_password": "zupełnie inne hasło 77",
            "form": "file",
            "code": "000000",
        }
        answer = browser.post(path, sent)
        assert answer.status_code in {302, 405, 409}, name
        assert state() == before, name
        acted.append(name)
        if answer.status_code == 302:
            shown = browser.get(answer["Location"], follow=True)
            assert OTHER_PERSON in words_of(shown), name
    assert len(acted) >= 11


def test_details_of_one_person_stay_theirs_and_are_shown_again(two_people: tuple[Client, Account, Account]) -> None:
    browser, anna, ewa = two_people
    sent = FIELDS | {
        "csrfmiddlewaretoken": token_in(browser),
        "whose": make_mark(anna.pk, "edit-details"),
        "locality": "Gniezno",
        "postal_code": "zły",
    }
    answer = browser.post(DETAILS_PAGE, sent)
    assert answer.status_code == 409
    assert OTHER_PERSON in words_of(answer)
    shown = fields_of(answer)
    assert (shown["locality"], shown["postal_code"]) == ("Gniezno", "zły")
    assert "aria-invalid" not in answer.content.decode()
    assert ewa.email not in answer.content.decode()

    again = sent | {"csrfmiddlewaretoken": shown["csrfmiddlewaretoken"], "whose": marks_of(answer)[""]}
    assert browser.post(DETAILS_PAGE, again).status_code == 409  # the page shown again is still for Anna
    assert set(Profile.objects.values_list("locality", flat=True)) == {DETAILS["locality"]}

    browser.cookies.clear()
    log_in(browser, PESELS[0])
    late = again | {"csrfmiddlewaretoken": token_in(browser), "postal_code": "61-655"}
    assert browser.post(DETAILS_PAGE, late)["Location"] == "/konto/"
    assert Profile.objects.get(account=anna).locality == "Gniezno"
    assert Profile.objects.get(account=ewa).locality == DETAILS["locality"]


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_from_elsewhere_is_refused_and_not_repeated(headers: dict[str, str]) -> None:
    anna = make_account(make_examiner(numbers=("A-1",)))
    client = Client(enforce_csrf_checks=True, headers=headers)
    client.force_login(anna)
    sent = FIELDS | {"whose": make_mark(anna.pk, "edit-details"), "locality": "Gniezno"}
    answer = client.post(DETAILS_PAGE, sent)
    assert answer.status_code == 403
    assert "Gniezno" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
@pytest.mark.parametrize("says", ["Ta strona została otwarta przed", "logowanie w tej przeglądarce już wygasło"])
def test_a_form_of_ours_with_an_old_token_is_shown_again(headers: dict[str, str], says: str) -> None:
    anna = make_account(make_examiner(numbers=("A-1",)))
    client = Client(enforce_csrf_checks=True, headers=headers)
    is_logged_in = says == "Ta strona została otwarta przed"
    if is_logged_in:
        client.force_login(anna)
    sent = FIELDS | {"whose": make_mark(anna.pk, "edit-details"), "locality": "Gniezno", "surname": "<b>"}
    answer = client.post(DETAILS_PAGE, sent)
    assert answer.status_code == 403
    assert (fields_of(answer)["locality"], fields_of(answer)["surname"]) == ("Gniezno", "<b>")
    assert Profile.objects.get().locality == DETAILS["locality"]
    assert says in words_of(answer)

    if is_logged_in:
        again = sent | {"csrfmiddlewaretoken": fields_of(answer)["csrfmiddlewaretoken"], "surname": "Nowak"}
        assert client.post(DETAILS_PAGE, again | {"whose": marks_of(answer)[""]})["Location"] == "/konto/"


def test_an_old_token_puts_no_password_back() -> None:
    anna = make_account(make_examiner(numbers=("A-1",)))
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(anna)
    sent = {"whose": make_mark(anna.pk, "change-email"), "email": "nowy@example.org", "password": PASSWORD}
    answer = client.post("/konto/adres/", sent)
    assert (answer.status_code, fields_of(answer)["email"]) == (403, "nowy@example.org")
    assert PASSWORD not in answer.content.decode()


def test_another_language_shows_what_was_typed_and_saves_nothing(two_people: tuple[Client, Account, Account]) -> None:
    browser, _anna, ewa = two_people
    sent = FIELDS | {"csrfmiddlewaretoken": token_in(browser), "locality": "Gniezno", "postal_code": "zły"}
    asked = {"whose": make_mark(ewa.pk, "edit-details"), "in-this-language": ""}
    page = browser.post("/en/konto/dane/", sent | asked)
    assert page.status_code == 200
    assert "Change my details" in words_of(page)
    assert (fields_of(page)["locality"], fields_of(page)["postal_code"]) == ("Gniezno", "zły")
    assert "aria-invalid" not in page.content.decode()
    assert Profile.objects.get(account=ewa).locality == DETAILS["locality"]


def test_what_staff_typed_about_an_examiner_is_shown_again_to_nobody_s_harm(browser: Client) -> None:
    anna = make_account(make_examiner(numbers=("A-1",)))
    jan = make_staff(email="jan@oke.example")
    browser.force_login(make_staff(email="ewa@oke.example"))
    assert anna.examiner is not None
    path = f"/panel/egzaminatorzy/{anna.examiner.id}/zablokuj/"
    token = fields_of(browser.get("/panel/egzaminatorzy/"))["csrfmiddlewaretoken"]
    mark = make_mark(jan.pk, "freeze-examiner", anna.examiner.id)
    answer = browser.post(path, {"freeze-reason": "zadzwoniła", "whose": mark, "csrfmiddlewaretoken": token})
    assert (answer.status_code, fields_of(answer)["freeze-reason"]) == (409, "zadzwoniła")
    assert anna.email not in answer.content.decode()
    anna.refresh_from_db()
    assert anna.is_active


def test_a_mark_is_good_for_one_view_and_its_arguments_alone(two_people: tuple[Client, Account, Account]) -> None:
    browser, _anna, ewa = two_people
    for mark in (make_mark(ewa.pk, "change-email"), make_mark(ewa.pk, "edit-details", 1), "x", "ą" * 2000, ""):
        sent = FIELDS | {"csrfmiddlewaretoken": token_in(browser), "whose": mark, "locality": "Gniezno"}
        assert browser.post(DETAILS_PAGE, sent)["Location"] == DETAILS_PAGE
    assert Profile.objects.get(account=ewa).locality == DETAILS["locality"]
