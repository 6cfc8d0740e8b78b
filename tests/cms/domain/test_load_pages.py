from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from egzaminator.accounts.domain.accounts import invite_staff
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.cms.domain.default_pages import DEFAULT_PAGES
from egzaminator.cms.domain.load_pages import load_pages
from egzaminator.cms.models import ArticlePage, BoardSettings, HomePage, LoadedPage, NewsPage, SectionPage
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import PASSWORD
from tests.helpers.html import fields_of
from tests.helpers.links import mailed_token

ADDRESSES = ["/" if page.key == "strona-glowna" else f"/{page.key}/" for page in DEFAULT_PAGES]
EMAIL = "jan@oke.example"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def state() -> list[tuple[object, ...]]:
    pages = Page.objects.order_by("path").values_list("pk", "path", "title", "slug", "latest_revision_id", "live")
    return [*pages, *LoadedPage.objects.order_by("key").values_list("key", "page_id")]


@pytest.mark.django_db
def test_a_second_load_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert load_pages() == ADDRESSES
    before = state()
    images = set(Image.objects.values_list("pk", flat=True))
    call_command("load_pages")
    assert capsys.readouterr().out == "There is nothing new.\n"
    assert state() == before
    assert set(Image.objects.values_list("pk", flat=True)) == images


@pytest.mark.django_db
def test_what_staff_did_to_the_pages_stays() -> None:
    load_pages()
    changed = ArticlePage.objects.get(slug="numer-ewidencyjny")
    changed.title = "Numer"
    changed.save_revision().publish()
    renamed = ArticlePage.objects.get(slug="nie-pamietam-hasla")
    renamed.slug = "haslo"
    renamed.save_revision().publish()
    moved = ArticlePage.objects.get(slug="dwuskladnikowe-logowanie")
    moved.move(HomePage.objects.get(), "last-child")
    NewsPage.objects.get().delete()
    ArticlePage.objects.get(slug="nie-ma-wiadomosci").unpublish()
    board = BoardSettings.load()
    board.privacy_notice_page = None
    board.save()
    before = state()
    assert load_pages() == []
    assert state() == before
    assert BoardSettings.objects.get().privacy_notice_page is None


@pytest.mark.django_db
def test_nothing_is_put_below_what_staff_deleted_and_no_link_leads_there() -> None:
    load_pages()
    SectionPage.objects.get().delete()
    LoadedPage.objects.filter(key__in=["pomoc/numer-ewidencyjny", "tekst-latwy-do-czytania"]).delete()
    ArticlePage.objects.get(slug="tekst-latwy-do-czytania").delete()
    assert load_pages() == ["/tekst-latwy-do-czytania/"]
    page = Client().get("/tekst-latwy-do-czytania/").content.decode()
    assert "Dłuższa instrukcja jest tutaj: Pierwsze logowanie." in page


@pytest.mark.django_db
def test_a_page_of_staffs_own_at_the_same_address_stays() -> None:
    home = HomePage.objects.get()
    own = home.add_child(instance=SectionPage(title="Pomoc komisji", slug="pomoc"))
    home.lead = "Zmieniona."
    home.save_revision().publish()
    load_pages()
    own.refresh_from_db()
    assert (own.title, own.latest_revision) == ("Pomoc komisji", None)
    assert own.get_children().count() == 10
    assert HomePage.objects.get().lead == "Zmieniona."


@pytest.mark.django_db
def test_links_follow_their_pages() -> None:
    load_pages()
    page = ArticlePage.objects.get(slug="numer-ewidencyjny")
    page.slug = "numer"
    page.save_revision().publish()
    assert 'href="/pomoc/numer/"' in Client().get("/pomoc/pierwsze-logowanie/").content.decode()


@pytest.mark.django_db
def test_every_pages_foot_and_menu_lead_to_them() -> None:
    load_pages()
    board = BoardSettings.objects.get()
    assert board.privacy_notice_page.url == "/klauzula-informacyjna/"
    assert board.accessibility_page.url == "/deklaracja-dostepnosci/"
    assert board.easy_to_read_page.url == "/tekst-latwy-do-czytania/"
    menu = Page.objects.in_menu().child_of(HomePage.objects.get())
    assert [page.title for page in menu] == ["Aktualności", "Pomoc"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "address"), [("https://konta.example.pl", ("konta.example.pl", 443)), ("http://a:8123", ("a", 8123))]
)
def test_the_site_answers_at_the_public_address(settings: Settings, url: str, address: tuple[str, int]) -> None:
    settings.PUBLIC_BASE_URL = url
    load_pages()
    site = Site.objects.get()
    assert (site.hostname, site.port) == address


@pytest.mark.django_db
def test_an_empty_database_gets_all_that_the_pages_stand_on() -> None:
    Site.objects.all().delete()
    Page.objects.filter(depth=1).delete()
    Page.objects.all().delete()
    GroupCollectionPermission.objects.all().delete()
    Collection.objects.all().delete()
    Locale.objects.all().delete()
    Permission.objects.filter(codename="access_admin").delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert load_pages() == ADDRESSES


@pytest.mark.django_db
def test_who_is_invited_edits_and_publishes(browser: Client) -> None:
    invite_staff(name="Jan Nowak", email=EMAIL)
    load_pages()
    account = reset_password(token=mailed_token(EmailKind.RESET, EMAIL), password=PASSWORD)
    assert not account.is_superuser
    browser.post("/konto/logowanie/", {"name": EMAIL, "secret": PASSWORD})
    page = ArticlePage.objects.get(slug="numer-ewidencyjny")
    edit = f"/panel/pages/{page.pk}/edit/"
    token = fields_of(browser.get(edit))["csrfmiddlewaretoken"]
    answer = browser.post(
        edit,
        {
            "csrfmiddlewaretoken": token,
            "title": "Numer ewidencyjny",
            "slug": page.slug,
            "lead": page.lead,
            "body-count": "0",
            "action-publish": "action-publish",
        },
    )
    assert answer.status_code == 302
    assert "<h1>Numer ewidencyjny</h1>" in Client().get(page.url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["", "pages/", "images/", "documents/", "redirects/", "settings/cms/boardsettings/", "images/add/"]
)
def test_staff_may_enter(browser: Client, path: str) -> None:
    load_pages()
    invite_staff(name="Jan Nowak", email=EMAIL)
    reset_password(token=mailed_token(EmailKind.RESET, EMAIL), password=PASSWORD)
    browser.post("/konto/logowanie/", {"name": EMAIL, "secret": PASSWORD})
    assert browser.get(f"/panel/{path}", follow=True).status_code == 200


@pytest.mark.django_db
def test_staff_may_no_more_than_edit_the_site() -> None:
    load_pages()
    group = Group.objects.get(name="Pracownicy komisji")
    assert set(group.permissions.values_list("codename", flat=True)) == {
        "access_admin",
        "add_redirect",
        "change_redirect",
        "delete_redirect",
        "change_boardsettings",
    }
    assert set(GroupPagePermission.objects.filter(group=group).values_list("permission__codename", flat=True)) == {
        "add_page",
        "change_page",
        "publish_page",
    }
