import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol, TypedDict, Unpack

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Frame, Locator, Page, expect

from tests.helpers.factories import PASSWORD, PESELS

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe().axe_script
ColorScheme = Literal["light", "dark"]
# Delivers what is queued and returns the link in the last e-mail.
Post = Callable[[], str]

FILLED: dict[str, str] = {
    "Adres e-mail": "anna@example.org",
    "Nowe hasło": PASSWORD,
    "Powtórz hasło": PASSWORD,
    "Imię": "Anna",
    "Drugie imię (i kolejne)": "Maria",
    "Nazwisko": "Łukasik",
    "Miejsce urodzenia": "Śrem",
    "Ulica": "Długa",
    "Numer domu": "12A",
    "Numer lokalu": "4",
    "Kod pocztowy": "61655",
    "Miejscowość": "Poznań",
    "Telefon": "(061) 854-01-60",
}
WORKPLACE: dict[str, str] = {
    "Nazwa szkoły lub innego miejsca pracy": "Szkoła Podstawowa nr 1",
    "Adres miejsca pracy": "ul. Szkolna 1, 61-655 Poznań",
}


class Visitor:
    """A person at a browser. Every page they look at is checked by axe, and the console is listened to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._documents = 0
        page.on("framenavigated", self._count_document)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location['url']}")

    def _count_document(self, frame: Frame) -> None:
        self._documents += frame == self.page.main_frame

    def look(self) -> None:
        """Check the page as it is: axe, the console, and the width of the window."""
        assert self.barriers() == []
        assert self.complaints == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"

    def barriers(self, rules: Sequence[str] = RULES) -> list[tuple[str, list[str]]]:
        """Return what axe finds, each with the HTML of the elements. Check again if the page changed meanwhile."""
        while True:
            before = self._documents
            try:
                return self._barriers(rules)
            except Error:  # a press of a button returns before the next page is there
                self.page.wait_for_load_state()
                if self._documents == before:
                    raise

    def _barriers(self, rules: Sequence[str]) -> list[tuple[str, list[str]]]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        violations = self.page.evaluate("async options => (await axe.run(document, options)).violations", options)
        return [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations]

    def look_in_every_light(self) -> None:
        """Look at the page wide and light, and narrow and dark. Check contrast in the other scheme of each, too."""
        looks: tuple[tuple[int, ColorScheme, ColorScheme], ...] = ((1280, "light", "dark"), (320, "dark", "light"))
        for width, scheme, other in looks:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=scheme)
            self.look()
            self.page.emulate_media(color_scheme=other)
            assert self.barriers(["color-contrast"]) == []

    def look_at_an_error(self) -> None:
        """Look at a page with an error status, which the console always reports."""
        self.forget_the_status()
        self.look()

    def forget_the_status(self) -> None:
        self.complaints = [text for text in self.complaints if not re.search("status of [45]", text)]

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("main").get_by_label(label, exact=True)

    def fill(self, values: Mapping[str, str]) -> None:
        for label, value in values.items():
            self.field(label).fill(value)

    def press(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def log_in(self, secret: str = PASSWORD, name: str = PESELS[0]) -> None:
        self.open("/konto/logowanie/")
        self.fill({"PESEL": name, "Hasło": secret})
        self.press("Zaloguj się")

    def fill_in_the_form(self, **more: str) -> None:
        self.fill(FILLED | more)
        self.field("Województwo").select_option("wielkopolskie")
        self.field("Zatrudnienie").select_option("szkoła lub placówka")
        self.fill(WORKPLACE)

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        self.look()

    def is_at(self, path: str) -> None:
        expect(self.page).to_have_url(re.compile(rf"//[^/]+{re.escape(path)}$"))
        self.look()


class BrowserOptions(TypedDict, total=False):
    """Options of Playwright's `new_context` that tests choose."""

    color_scheme: ColorScheme
    java_script_enabled: bool
    user_agent: str


class NewVisitor(Protocol):
    """Opens a browser of another person or on another device. `width` is the window's, in pixels."""

    def __call__(self, *, width: int = 1280, **options: Unpack[BrowserOptions]) -> Visitor: ...
