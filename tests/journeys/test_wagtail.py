"""The screens on which editors work: what axe finds there, and that nothing is left in English."""

import re
from pathlib import Path

import polib
import pytest
import wagtail
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from wagtail.images.models import Image
from wagtail.models import Page

from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_staff
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("default_pages", "editor")]

# Wagtail's own findings, by screen: they are in the markup and the scripts of Wagtail (docs/decisions/0036).
ACCEPTED = {
    "pages/{article}/edit/": {"aria-input-field-name", "select-name"},  # Draftail's fields; a choice that is a block
    "pages/search/": {"aria-allowed-role", "heading-order"},  # the number of pages found
    "images/add/": {"label"},  # tags, as below
    "images/{image}/": {"label"},
    "images/multiple/add/": {"label"},  # the field of files, which the sentence before it names
    "documents/add/": {"label"},
    "documents/multiple/add/": {"label"},
}
SCREENS = {
    *ACCEPTED,
    "pages/{home}/",
    "pages/{home}/add_subpage/",
    "pages/add/cms/newspage/{news}/",
    *(f"pages/{{article}}/{act}/" for act in ("history", "copy", "move", "delete", "unpublish", "usage")),
    "pages/{article}/revisions/compare/earliest...latest/",
    "images/",
    "documents/",
    "redirects/",
    "redirects/add/",
    "account/",
}
# Visible words and names of what is on the screen.
WORDS = """() => [...document.querySelectorAll('body *')].filter(one => one.checkVisibility()).flatMap(one => [
    ...['aria-label', 'title', 'placeholder', 'alt'].map(name => one.getAttribute(name)),
    one.tagName === 'INPUT' && ['submit', 'button'].includes(one.type) ? one.value : null,
    ...[...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.textContent),
]).filter(Boolean).map(text => text.trim()).filter(Boolean)"""
ENGLISH = re.compile(
    r"\b(the|your|this|page|pages|save|selected?|search|actions?|root|slug|choose|upload|edit|delete|image|images"
    r"|address|phone|subject|false|true|none|visible|draft)\b",
    re.IGNORECASE,
)


@pytest.fixture
def editor() -> None:
    """One of the staff, with the permissions of an editor only."""
    make_staff(roles=[Role.EDITOR])


@pytest.fixture
def panel(visitor: Visitor) -> Window:
    visitor.open("/konto/logowanie/?next=/panel/")
    visitor.fill({"Służbowy adres e-mail": "jan@oke.example", "Hasło": PASSWORD})
    visitor.press("Zaloguj się")
    return visitor.page


def path_of(screen: str) -> str:
    slugs = {"home": "home", "article": "numer-ewidencyjny", "news": "aktualnosci"}
    ids = {name: Page.objects.get(slug=slug).pk for name, slug in slugs.items()}
    return "/panel/strony/" + screen.format(**ids, image=Image.objects.earliest("pk").pk)


def untranslated() -> set[str]:
    """Return what Wagtail says in English and, in Polish, otherwise."""
    said = set()
    for path in Path(wagtail.__file__).parent.rglob("locale/pl/LC_MESSAGES/*.po"):
        said |= {entry.msgid for entry in polib.pofile(str(path)) if entry.msgstr != entry.msgid}
    return said


def english_in(window: Window, messages: set[str]) -> list[str]:
    return [text for text in window.evaluate(WORDS) if text in messages or ENGLISH.search(text)]


def test_axe_finds_on_wagtails_screens_what_is_known_and_no_word_is_english(visitor: Visitor, panel: Window) -> None:
    messages = untranslated()
    assert len(messages) > 800
    barriers: dict[str, set[str]] = {screen: set() for screen in SCREENS}
    for width, scheme in ((1280, "light"), (360, "dark")):
        panel.set_viewport_size({"width": width, "height": 720})
        panel.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        for screen in sorted(SCREENS):
            panel.goto(path_of(screen))
            expect(panel.locator("h1")).not_to_have_count(0)
            barriers[screen] |= {rule for rule, _nodes in visitor.barriers()}
            assert english_in(panel, messages) == [], screen
            assert panel.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), screen
    assert {screen: rules for screen, rules in barriers.items() if rules} == ACCEPTED


def test_no_dialog_is_in_english(panel: Window) -> None:
    messages = untranslated()

    def reads() -> None:
        assert english_in(panel, messages) == []

    panel.goto(path_of("pages/{article}/edit/"))
    expect(panel.locator("[name=body-count]")).to_have_count(1)
    panel.get_by_role("button", name="Więcej").click()
    reads()
    panel.get_by_role("button", name="Przełącz status").click()
    panel.get_by_role("button", name="Ustaw plan").click()
    expect(panel.get_by_label("Data/czas publikacji")).to_be_visible()
    reads()
    panel.keyboard.press("Escape")
    for steps in ("zewnętrzny", "E-mail", "Telefon", "Miejsce na stronie"):
        panel.goto(path_of("pages/{article}/edit/"))
        text = panel.locator(".public-DraftEditor-content").first
        text.click()
        panel.keyboard.press("Control+A")
        panel.keyboard.press("Control+K")
        dialog = panel.locator(".modal-dialog")
        expect(dialog.get_by_role("link", name="Konto egzaminatora").first).to_be_visible()
        reads()
        dialog.get_by_role("link", name=steps).click()
        expect(dialog.get_by_label("Tekst linku")).to_be_visible()
        reads()
    panel.goto(path_of("pages/{article}/edit/"))
    panel.get_by_role("button", name="Dodaj blok").last.click()
    panel.get_by_role("option", name="Obraz").click()
    panel.get_by_role("button", name="Wybierz obraz").last.click()
    expect(panel.locator(".modal-dialog").get_by_role("tab", name="Prześlij")).to_be_visible()
    reads()
    panel.locator(".modal-dialog").get_by_role("tab", name="Prześlij").click()
    reads()
