import datetime
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from wagtail.models import Page

from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_staff
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey

ARTICLE = "/pomoc/numer-ewidencyjny/"
LEAD = "Od stycznia numer jest też w górnym rogu decyzji."


@pytest.fixture
def editor() -> None:
    """One of the staff, with the permissions of an editor only."""
    make_staff(roles=[Role.EDITOR])


def stamp(window: Window) -> datetime.datetime:
    written = window.locator(".page-end__updated time").get_attribute("datetime")
    return datetime.datetime.fromisoformat(written or "")


def open_editor(visitor: Visitor) -> Window:
    """Log in and open the article's form."""
    visitor.open("/panel/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    visitor.is_at("/panel/")
    visitor.page.goto(f"/panel/strony/pages/{article().pk}/edit/")
    # Wagtail's script has built the whole form.
    expect(visitor.page.locator("[name=body-count]")).to_have_count(1)
    return visitor.page


def article() -> Any:
    return Page.objects.get(slug="numer-ewidencyjny").specific


def publish(panel: Window, name: str = "Opublikuj") -> None:
    panel.get_by_role("button", name="Więcej").click()
    panel.get_by_role("button", name=name).click()


def plan(panel: Window, moment: str) -> None:
    """Type when the page goes live, without using the date picker, and save it."""
    panel.get_by_role("button", name="Przełącz status").click()
    panel.get_by_role("button", name="Ustaw plan").click()
    picker = panel.locator(".xdsoft_datetimepicker:visible")
    panel.get_by_label("Data/czas publikacji").click()
    expect(picker).to_be_visible()
    panel.get_by_label("Data/czas publikacji").press_sequentially(moment)
    panel.get_by_role("heading", name="Ustaw plan publikacji").click()
    expect(picker).to_have_count(0)
    expect(panel.get_by_label("Data/czas publikacji")).to_have_value(moment)
    panel.get_by_role("button", name="Zapisz plan").click()


@pytest.mark.usefixtures("default_pages", "editor")
def test_what_an_editor_publishes_is_seen_at_once(visitor: Visitor, new_visitor: NewVisitor) -> None:
    reader = new_visitor(width=320).page
    reader.goto(ARTICLE)
    first = stamp(reader)
    kept = reader.request.get(ARTICLE).headers["etag"]
    assert reader.request.get(ARTICLE, headers={"If-None-Match": kept}).status == 304

    panel = open_editor(visitor)
    panel.get_by_role("textbox", name="Wstęp").fill(LEAD)
    started = timezone.now().replace(microsecond=0)
    publish(panel)
    expect(panel.locator(".messages .success")).to_contain_text("została opublikowana")

    answer = reader.request.get(ARTICLE, headers={"If-None-Match": kept})
    assert (answer.status, LEAD in answer.text()) == (200, True)
    reader.reload()
    expect(reader.get_by_text(LEAD)).to_be_visible()
    assert first < started <= stamp(reader)
    visitor.open(ARTICLE)
    expect(panel.get_by_text(LEAD)).to_be_visible()


@pytest.mark.usefixtures("default_pages", "editor")
def test_an_editor_sees_a_page_before_it_is_published(visitor: Visitor) -> None:
    panel = open_editor(visitor)
    panel.get_by_role("textbox", name="Wstęp").fill(LEAD)
    panel.get_by_role("button", name="Przełącz podgląd").click()
    pane = panel.frame_locator("iframe#w-preview-iframe")
    expect(pane.get_by_text(LEAD)).to_be_visible()
    expect(pane.get_by_role("heading", level=1)).to_have_text(article().title)
    with panel.context.expect_page() as opened:
        panel.get_by_role("link", name="Podgląd w nowej karcie").click()
    expect(opened.value.get_by_text(LEAD)).to_be_visible()
    assert visitor.complaints == []
    assert article().lead != LEAD


@pytest.mark.usefixtures("default_pages", "editor")
def test_a_page_goes_live_when_an_editor_says(visitor: Visitor) -> None:
    before = article().lead
    moment = datetime.datetime(timezone.localdate().year + 1, 12, 24, 8, 30, tzinfo=timezone.get_default_timezone())
    panel = open_editor(visitor)
    panel.get_by_role("textbox", name="Wstęp").fill(LEAD)
    plan(panel, f"{moment:%d.%m.%Y %H:%M}")
    expect(panel.locator(".messages .success")).to_contain_text("została zaktualizowana")
    publish(panel, "Zaplanuj publikację")
    expect(panel.locator(".messages .success")).to_contain_text("została zaplanowana do publikacji")
    assert article().get_latest_revision().approved_go_live_at == moment
    assert article().lead == before


@pytest.mark.usefixtures("default_pages", "editor")
def test_what_is_no_time_is_an_error_and_not_now(visitor: Visitor) -> None:
    panel = open_editor(visitor)
    panel.get_by_role("textbox", name="Wstęp").fill(LEAD)
    plan(panel, "24 grudnia rano")
    expect(panel.locator(".messages .error")).to_contain_text("Strona nie została zapisana.")
    expect(panel.get_by_role("textbox", name="Wstęp")).to_have_value(LEAD)
    expect(panel.get_by_text("Niepoprawny plan")).to_be_visible()
    panel.get_by_role("button", name="Zmień plan").click()
    expect(panel.get_by_label("Data/czas publikacji")).to_have_value("24 grudnia rano")
    expect(panel.get_by_role("dialog")).to_contain_text("Wpisz poprawną datę/godzinę.")
    assert LEAD not in {article().lead, article().get_latest_revision().as_object().lead}


@pytest.mark.usefixtures("default_pages", "editor")
def test_a_delivered_page_goes_back_to_its_delivered_text(visitor: Visitor) -> None:
    delivered = article().lead
    panel = open_editor(visitor)
    panel.get_by_role("textbox", name="Wstęp").fill(LEAD)
    publish(panel)
    expect(panel.locator(".messages .success")).to_contain_text("została opublikowana")
    panel.goto(f"/panel/strony/pages/{article().pk}/history/")
    first = panel.get_by_role("row", name="Szkic zapisany").filter(has_text="system")
    first.get_by_role("button", name="Akcje").click()
    panel.get_by_role("link", name="Obejrzyj tę wersję").click()
    told = panel.locator(".messages .warning")
    expect(told).to_contain_text(re.compile(r"wcześniejszą wersję strony .* autorstwa\s+system"))
    expect(panel.get_by_role("textbox", name="Wstęp")).to_have_value(delivered)
    publish(panel, "Opublikuj tę wersję")
    expect(panel.locator(".messages .success")).to_contain_text("opublikowana")
    visitor.open(ARTICLE)
    expect(panel.get_by_text(delivered)).to_be_visible()
    assert article().lead == delivered
