"""An editor's common tasks: preview a page, schedule it, revert a change."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from egzaminator.cms.models import ArticlePage, BoardSettings, HomePage, NewsPage
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import Response, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def staff(client: Client, default_pages: None) -> Client:
    client.force_login(make_staff())
    return client


def article() -> ArticlePage:
    page: ArticlePage = ArticlePage.objects.get(slug="numer-ewidencyjny")
    return page


def save(client: Client, page: Page, **changes: str) -> Response:
    fields = {"title": page.title, "slug": page.slug, "lead": "Nowy wstęp.", "body-count": "0", "go_live_at": ""}
    fields |= {"expire_at": "", "seo_title": "", "search_description": ""}
    return client.post(f"/panel/strony/pages/{page.pk}/edit/", fields | changes)


def test_the_editor_frames_a_preview_under_the_policy_of_public_pages(staff: Client) -> None:
    page = article()
    preview = f"/panel/strony/pages/{page.pk}/edit/preview/"
    draft = {"title": "Szkic", "slug": page.slug, "lead": "Tego jeszcze nie ma.", "body-count": "0"}
    assert staff.post(preview, draft).json() == {"is_valid": True, "is_available": True}
    shown = staff.get(preview)
    public = Client().get("/pomoc/numer-ewidencyjny/")
    assert "Tego jeszcze nie ma." in words_of(shown)
    assert "Tego jeszcze nie ma." not in words_of(public)
    assert (shown["X-Frame-Options"], public["X-Frame-Options"]) == ("SAMEORIGIN", "DENY")
    policy = public["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert shown["Content-Security-Policy"] == policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    draft_view = staff.get(f"/panel/strony/pages/{page.pk}/view_draft/")
    assert draft_view["X-Frame-Options"] == "DENY"


def test_a_page_that_is_being_added_is_previewed_too(staff: Client) -> None:
    above = Page.objects.get(slug="pomoc").pk
    preview = f"/panel/strony/pages/add/cms/articlepage/{above}/preview/"
    staff.post(preview, {"title": "Nowa", "slug": "nowa", "lead": "Wstęp nowej.", "body-count": "0"})
    shown = staff.get(preview)
    assert "Wstęp nowej." in words_of(shown)
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("typed", ["24.12.2031 08:30", "2031-12-24 08:30"])
def test_a_time_is_typed_as_people_write_it(staff: Client, typed: str, language: str) -> None:
    staff.cookies["language"] = language
    assert save(staff, article(), go_live_at=typed, **{"action-publish": "1"}).status_code == 302
    moment = datetime.datetime(2031, 12, 24, 8, 30, tzinfo=timezone.get_default_timezone())
    assert article().get_latest_revision().approved_go_live_at == moment
    assert 'value="24.12.2031 08:30"' in staff.get(f"/panel/strony/pages/{article().pk}/edit/").content.decode()


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("typed", ["24.12.2031", "2031-12-24"])
def test_a_day_is_typed_as_people_write_it(staff: Client, typed: str, language: str) -> None:
    staff.cookies["language"] = language
    news = NewsPage.objects.get(slug="serwis-dziala")
    assert save(staff, news, date=typed, **{"action-publish": "1"}).status_code == 302
    assert NewsPage.objects.get(pk=news.pk).date == datetime.date(2031, 12, 24)
    assert 'value="24.12.2031"' in staff.get(f"/panel/strony/pages/{news.pk}/edit/").content.decode()


@pytest.mark.parametrize("typed", ["jutro", "32.12.2031 08:30", "24/12/2031 8.30", "08:30"])
def test_what_is_no_time_is_an_error_and_publishes_nothing(staff: Client, typed: str) -> None:
    answer = save(staff, article(), go_live_at=typed, **{"action-publish": "1"})
    assert answer.status_code == 200
    assert f'value="{typed}"' in answer.content.decode()
    assert answer.context["form"].errors.keys() == {"go_live_at"}
    assert article().lead != "Nowy wstęp."


def test_no_picker_puts_the_present_in_the_place_of_what_was_typed(staff: Client) -> None:
    page = Page.objects.get(slug="serwis-dziala")
    for address in (f"/panel/strony/pages/{page.pk}/edit/", "/panel/strony/settings/cms/boardsettings/"):
        html = staff.get(address, follow=True).content.decode()
        pickers = re.findall(r"initDate(?:Time)?Chooser\((.*?)\);", html)
        assert len(pickers) >= 1
        assert all('"validateOnBlur": false' in options for options in pickers)


@pytest.mark.parametrize("slug", ["numer-ewidencyjny", "home", "deklaracja-dostepnosci", "pomoc"])
def test_every_delivered_page_goes_back_to_its_delivered_text(staff: Client, slug: str) -> None:
    page = Page.objects.get(slug=slug).specific
    delivered = page.revisions.order_by("pk").first()
    assert delivered is not None
    assert page.revisions.count() == 1
    before = delivered.as_object()
    page.title = "Zmieniony"
    page.save_revision().publish()
    history = staff.get(f"/panel/strony/pages/{page.pk}/history/").content.decode()
    back = f"/panel/strony/pages/{page.pk}/revisions/{delivered.pk}/revert/"
    assert back in history
    form = staff.get(back)
    assert form.status_code == 200
    assert form.context["form"].initial["title"] == before.title


def test_every_delivered_page_has_a_revision(staff: Client) -> None:
    pages = Page.objects.filter(depth__gt=1)
    assert pages.count() >= 12
    assert not pages.filter(latest_revision=None).exists()


@pytest.mark.parametrize("act", ["delete", "unpublish"])
@pytest.mark.parametrize("slug", ["home", "deklaracja-dostepnosci", "tekst-latwy-do-czytania", "klauzula-informacyjna"])
def test_what_the_site_needs_stays(staff: Client, act: str, slug: str) -> None:
    page = Page.objects.get(slug=slug)
    for method in (staff.get, staff.post) if act == "delete" else (staff.post,):
        answer = method(f"/panel/strony/pages/{page.pk}/{act}/", follow=True)
        if (act, slug) != ("delete", "home"):  # which nobody may delete anyway, while there are pages below it
            assert "musi zostać w serwisie" in words_of(answer)
            assert page.title in words_of(answer)
    assert Page.objects.get(slug=slug).live
    board = BoardSettings.load()
    assert None not in {board.accessibility_page_id, board.easy_to_read_page_id, board.privacy_notice_page_id}


def test_a_section_with_a_needed_page_in_it_stays_too(staff: Client) -> None:
    clause, section = Page.objects.get(slug="klauzula-informacyjna"), Page.objects.get(slug="pomoc")
    clause.move(section, pos="last-child")  # its links follow it
    section.refresh_from_db()
    staff.post(f"/panel/strony/pages/{section.pk}/delete/")
    assert Page.objects.filter(slug="klauzula-informacyjna", live=True).exists()
    assert "/pomoc/klauzula-informacyjna/" in Client().get("/").content.decode()


def test_what_the_site_needs_does_not_expire(staff: Client) -> None:
    clause = ArticlePage.objects.get(slug="klauzula-informacyjna")
    answer = save(staff, clause, expire_at="24.12.2031 08:30", **{"action-publish": "1"})
    assert answer.context["form"].errors.keys() == {"expire_at"}
    assert save(staff, article(), expire_at="24.12.2031 08:30", **{"action-publish": "1"}).status_code == 302


def test_other_pages_are_deleted(staff: Client) -> None:
    assert staff.post(f"/panel/strony/pages/{article().pk}/delete/").status_code == 302
    assert not ArticlePage.objects.filter(slug="numer-ewidencyjny").exists()


def test_an_editor_deletes_no_home_page(staff: Client) -> None:
    editor = make_staff(email="ewa@oke.example", roles=[Role.EDITOR])
    client = Client()
    client.force_login(editor)
    home = HomePage.objects.get()
    client.post(f"/panel/strony/pages/{home.pk}/delete/")
    for page in home.get_children():
        page.delete()
    assert HomePage.objects.get().permissions_for_user(editor).can_delete()
    client.post(f"/panel/strony/pages/{home.pk}/delete/")  # the site needs it, even if nothing is below it
    assert HomePage.objects.count() == 1
