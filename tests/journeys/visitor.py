import re
from collections.abc import Mapping, Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, PESELS

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe().axe_script
FILLED: Mapping[str, str] = {
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
WORKPLACE: Mapping[str, str] = {
    "Nazwa szkoły lub innego miejsca pracy": "Szkoła Podstawowa nr 1",
    "Adres miejsca pracy": "ul. Szkolna 1, 61-655 Poznań",
}


class Visitor:
    """A person in front of a browser, who sees every page with axe's eyes and hears the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: object) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location['url']}")

    def look(self) -> None:
        """Hold the page as it is against axe, the console, and the width of the window."""
        assert self.barriers() == []
        assert self.complaints == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"

    def barriers(self, rules: Sequence[str] = RULES) -> list[tuple[str, list[str]]]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        violations = self.page.evaluate("async options => (await axe.run(document, options)).violations", options)
        return [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations]

    def look_in_every_light(self) -> None:
        """Look at the page wide and narrow, light and dark: with all rules once in each, and at colours in all four."""
        for width, scheme in ((1280, "light"), (320, "dark")):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=scheme)
            self.look()
            self.page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
            assert self.barriers(["color-contrast"]) == []

    def look_at_an_error(self) -> None:
        """Look at a page that is answered with an error's status, which the console always mentions."""
        self.forget_the_status()
        self.look()

    def forget_the_status(self) -> None:
        self.complaints = [text for text in self.complaints if not re.search("status of [45]", text)]

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def field(self, label: str):
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
