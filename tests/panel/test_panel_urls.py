import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from egzaminator.pages.models import ArticlePage
from tests.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.pages_of import token_of, words_of
from tests.public_site import make_home_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/panel/", "/panel/pages/", "/panel/images/"])
def test_whoever_is_not_logged_in_meets_the_products_own_log_in(browser: Client, path: str) -> None:
    assert browser.get(path)["Location"] == f"/konto/logowanie/?next={path}"


@pytest.mark.parametrize("path", ["/panel/", "/panel/pages/", "/panel/sprawy/"])
def test_examiners_are_refused(browser: Client, path: str) -> None:
    make_account(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get(path).status_code == 403


def test_only_wagtails_screens_have_its_exceptions(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert "'unsafe-inline'" in browser.get("/panel/")["Content-Security-Policy"]
    for path in ("/", "/panel/sprawy/"):
        policy = browser.get(path)["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy
        assert "frame-ancestors 'none'" in policy


def test_every_screen_of_wagtails_that_staff_are_led_to_answers(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    for path in ("", "pages/", "images/", "documents/", "redirects/", "account/"):
        page = browser.get(f"/panel/{path}")
        assert (path, page.status_code) == (path, 200)
        assert "Jan Nowak" in page.content.decode()
        assert "/panel/users/" not in page.content.decode()
    assert browser.get("/panel/settings/pages/boardsettings/", follow=True).status_code == 200


def test_the_panel_praises_no_release_and_counts_in_polish(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    page = browser.get("/panel/")
    assert [name in page.content.decode() for name in ("whats-new", "keyboard-shortcuts-trigger")] == [False, True]
    assert [word in words_of(page) for word in ("stron", "Images", "Documents")] == [True, False, False]


def test_editors_are_asked_for_nothing_that_is_not_kept(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    asked = re.findall(r'<(?:input|select)[^>]* name="(\w+)-\w+"', browser.get("/panel/account/").content.decode())
    assert set(asked) == {"locale", "theme"}
    wanted = {"theme-theme": "dark", "theme-contrast": "system", "theme-density": "default"}
    token = token_of(browser, "/panel/account/")
    assert browser.post("/panel/account/", wanted | {"csrfmiddlewaretoken": token}).status_code == 302
    assert 'class="w-theme-dark ' in browser.get("/panel/").content.decode()


def test_a_page_saved_before_its_script_had_loaded_is_refused_and_stays_as_it_was(client: Client) -> None:
    page = make_home_page().add_child(instance=ArticlePage(title="Numer", body=[("text", "<p>W decyzji.</p>")]))
    client.force_login(make_staff())
    answer = client.post(f"/panel/pages/{page.pk}/edit/", {"title": "Nowy", "slug": page.slug, "action-publish": "1"})
    assert answer.status_code == 400
    assert "Nic nie zostało zapisane" in words_of(answer)
    kept = ArticlePage.objects.get()
    assert (kept.title, kept.body[0].value.source) == ("Numer", "<p>W decyzji.</p>")


def test_staff_without_a_second_factor_are_led_to_adding_one(browser: Client, settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    staff = make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    for path in ("/panel/", "/panel/pages/", "/panel/sprawy/", "/panel/egzaminatorzy/", "/panel/moje-konto/"):
        assert browser.get(path)["Location"] == "/konto/drugi-skladnik/"
    assert "Najpierw dodaj klucz dostępu" in words_of(browser.get("/konto/drugi-skladnik/"))
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert browser.get("/panel/").status_code == 200
