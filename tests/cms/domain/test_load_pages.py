from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, Locale, Page, Site

from egzaminator.cms.domain.default_pages import DEFAULT_PAGES
from egzaminator.cms.domain.load_pages import load_pages
from egzaminator.cms.models import ArticlePage, BoardSettings, HomePage, LoadedPage, NewsPage, SectionPage

pytestmark = pytest.mark.slow

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
    assert own.get_children().count() == 15
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
