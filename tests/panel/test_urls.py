import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction

from egzaminator.accounts.domain.codes import make_recovery_codes
from egzaminator.cms.models import ArticlePage, HomePage
from egzaminator.panel.wagtail_compat.urls import not_here
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, token_of, words_of
from tests.helpers.mfa import give_totp, secret_on, send, totp_code
from tests.helpers.public_site import make_home_page
from tests.helpers.routes import routes, sample_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("path", ["/panel/", "/panel/strony/pages/", "/panel/strony/images/"])
def test_whoever_is_not_logged_in_meets_the_products_own_log_in(browser: Client, path: str) -> None:
    assert browser.get(path)["Location"] == f"/konto/logowanie/?next={path}"


@pytest.mark.parametrize("path", ["/panel/", "/panel/strony/pages/", "/panel/sprawy/"])
def test_examiners_are_refused(browser: Client, path: str) -> None:
    make_account(make_examiner())
    browser.post("/konto/logowanie/", {"name": PESELS[0], "secret": PASSWORD})
    assert browser.get(path).status_code == 403


def test_only_wagtails_screens_have_its_exceptions(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert "'unsafe-inline'" in browser.get("/panel/strony/images/")["Content-Security-Policy"]
    for path in ("/", "/panel/", "/panel/sprawy/"):
        policy = browser.get(path)["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy
        assert "frame-ancestors 'none'" in policy


def test_every_screen_of_wagtails_that_staff_are_led_to_answers(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    for path in ("", "pages/", "images/", "documents/", "redirects/", "account/"):
        page = browser.get(f"/panel/strony/{path}", follow=True)
        assert (path, page.status_code) == (path, 200)
        assert "Jan Nowak" in page.content.decode()
        assert "/panel/strony/users/" not in page.content.decode()
    assert browser.get("/panel/strony/settings/cms/boardsettings/", follow=True).status_code == 200


def test_wagtails_menu_leads_back_and_praises_no_release(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    page = browser.get("/panel/strony/images/").content.decode()
    assert [name in page for name in ("whats-new", "keyboard-shortcuts-trigger")] == [False, True]
    menu = page[page.index('id="wagtail-sidebar-props"') :]
    urls = re.findall(r'"url": "([^"]+)"', menu[: menu.index("</script>")])
    of_pages = [f"/panel/strony/{path}/" for path in ("pages", "images", "documents", "redirects")]
    assert urls == ["/panel/", *of_pages, "#", "/panel/strony/account/"]  # "#" shows the keyboard shortcuts


def test_wagtail_has_the_boards_emblem_and_the_products_name_and_look(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    page = browser.get("/panel/strony/images/").content.decode()
    assert re.search(r"<title>[^<]+ - Serwis egzaminatorów – \w+[^<]*</title>", page)
    assert re.search(r'branding-logo>\s*<img class="panel-emblem" src="/static/emblem', page)
    assert re.search(r'href="/static/panel/wagtail[^"]*\.css"', page)
    assert [bird in page for bird in ("icon-wagtail", "favicon.ico")] == [False, False]


@pytest.mark.usefixtures("default_pages")
def test_the_pages_begin_with_the_list_below_the_home_page(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert browser.get("/panel/strony/")["Location"] == f"/panel/strony/pages/{HomePage.objects.get().pk}/"


def test_editors_are_asked_for_nothing_that_is_not_kept(browser: Client) -> None:
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    asked = re.findall(
        r'<(?:input|select)[^>]* name="(\w+)-\w+"', browser.get("/panel/strony/account/").content.decode()
    )
    assert set(asked) == {"locale", "theme"}
    wanted = {"theme-theme": "dark", "theme-contrast": "system", "theme-density": "default"}
    token = token_of(browser, "/panel/strony/account/")
    assert browser.post("/panel/strony/account/", wanted | {"csrfmiddlewaretoken": token}).status_code == 302
    assert 'class="w-theme-dark ' in browser.get("/panel/strony/images/").content.decode()


def test_a_page_saved_before_its_script_had_loaded_is_refused_and_stays_as_it_was(client: Client) -> None:
    page = make_home_page().add_child(instance=ArticlePage(title="Numer", body=[("text", "<p>W decyzji.</p>")]))
    client.force_login(make_staff())
    answer = client.post(
        f"/panel/strony/pages/{page.pk}/edit/", {"title": "Nowy", "slug": page.slug, "action-publish": "1"}
    )
    assert answer.status_code == 400
    assert "Nic nie zostało zapisane" in words_of(answer)
    kept = ArticlePage.objects.get(pk=page.pk)
    assert (kept.title, kept.body[0].value.source) == ("Numer", "<p>W decyzji.</p>")


def test_staff_without_a_second_factor_are_led_to_adding_one(browser: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    make_staff()
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    for path in ("/panel/", "/panel/strony/pages/", "/panel/sprawy/", "/panel/egzaminatorzy/", "/panel/moje-konto/"):
        assert browser.get(path)["Location"] == "/konto/drugi-skladnik/"
    page = browser.get("/konto/drugi-skladnik/aplikacja/")
    assert "Najpierw dodaj klucz dostępu" in words_of(page)
    code = totp_code(secret_on(page))
    assert browser.post("/konto/drugi-skladnik/aplikacja/", fields_of(page) | {"code": code}).status_code == 302
    assert browser.get("/panel/").status_code == 200


STAFF_PAGES = {
    sample_of(route): pattern
    for route, pattern in routes()
    if route.startswith("panel/")
    and "^" not in route  # a regular expression of Wagtail's API, from which no URL can be built
    and pattern.name not in {"wagtailadmin_login", "wagtailadmin_logout", None}
}
CLOSED_PAGES = {path for path, pattern in STAFF_PAGES.items() if pattern.callback is not_here}


def test_a_session_that_gave_the_password_alone_enters_no_address_of_the_panel(
    browser: Client, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    staff = make_staff()
    codes = give_totp(staff)
    browser.force_login(staff)  # the password was given before its owner added the factor elsewhere
    assert len(STAFF_PAGES) >= 60  # today 191, most of them Wagtail's
    closed = {path: browser.get(path) for path in STAFF_PAGES}
    inside = {
        path
        for path, answer in closed.items()
        if answer.status_code != 404 and not answer.get("Location", "").startswith("/konto/potwierdzenie/?next=")
    }
    assert inside == set()
    not_there = {path for path, answer in closed.items() if answer.status_code == 404}
    assert not_there <= CLOSED_PAGES
    asked = closed["/panel/sprawy/"]["Location"]
    typed = fields_of(browser.get(asked))
    assert "password" not in typed
    assert browser.post(asked, typed | {"code": codes[0]})["Location"] == "/panel/sprawy/"
    assert [browser.get(path).status_code for path in ("/panel/", "/panel/sprawy/", "/panel/strony/pages/")] == [
        200
    ] * 3


def test_a_session_whose_factor_was_taken_away_proves_anew(browser: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    staff = make_staff()
    codes = give_totp(staff)
    browser.post("/konto/logowanie/", {"name": "jan@oke.example", "secret": PASSWORD})
    assert send(browser, "/konto/logowanie/drugi-krok/", code=codes[0])["Location"] == "/panel/"
    assert browser.get("/panel/").status_code == 200
    make_recovery_codes(account=staff)  # the factors that this session logged in with are gone
    assert browser.get("/panel/")["Location"].startswith("/konto/potwierdzenie/")


def sent_file(client: Client, path: str) -> bool:
    return client.get(path).getvalue() == b"x"


def test_private_documents_and_files_are_kept_from_who_proved_too_little(client: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    staff = make_staff()
    codes = give_totp(staff)
    collection = Collection.get_first_root_node().add_child(name="Wewnętrzne")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    document = Document.objects.create(title="Plan", collection=collection, file=ContentFile(b"x", name="plan.txt"))
    path = f"/dokumenty/{document.id}/{document.filename}"
    client.force_login(staff)
    assert client.get(path)["Location"].startswith("/konto/potwierdzenie/")
    CollectionViewRestriction.objects.all().delete()
    assert sent_file(client, path)
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    upload = {"file": ContentFile(b"x", name="x.txt")}
    assert client.post("/panel/strony/documents/multiple/add/", upload)["Location"].startswith("/konto/potwierdzenie/")
    assert Document.objects.count() == 1
    send(client, "/konto/potwierdzenie/", code=codes[0])
    assert sent_file(client, path)
