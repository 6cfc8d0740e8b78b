"""Takes the pictures of the staff's guides (`docs/pl/`), by doing in a demo what the guides say."""

import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page

from tests.register.decision_list import decision_list

PICTURES = Path(__file__).resolve().parents[2] / "docs/pl/obrazy"
# Pixels. The panel's screens are taken about as wide as a guide is shown; Wagtail's need a whole window.
NARROW, ROOMY, WIDE = 760, 800, 1280  # the filters of a list stand open where there is room
HEIGHT = 1600  # so that what stays at the bottom of Wagtail's window covers nothing
MARGIN = 8
COLOURS = 32
# Shown instead of what is different in each run, so that a picture changes only if its screen does.
FIXED = {
    r"\d{4}-\d\d-\d\d \d\d:\d\d": "2027-03-01 10:15",
    r"Przed chwilą|\d+\s(?:sekund|minut)\S*\stemu": "5 minut temu",
    r"(?<![A-Z0-9])[A-Z0-9]{4}-[A-Z0-9]{4}(?![A-Z0-9])": "K7F3-QM9T",
}
_REPLACE = """fixed => {
  const replaced = text => fixed.reduce((all, [old, now]) => all.replace(new RegExp(old, "g"), now), text);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = replaced(texts.currentNode.data);
  for (const input of document.querySelectorAll("input[type=text]")) input.value = replaced(input.value);
}"""


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody types to log in to the demo."""

    name: str
    secret: str


def take_guide_pictures(browser: Browser, site: str, logins: Mapping[str, Login]) -> None:
    """Write the pictures of all guides. The first login of the demo has been gone through as far as the form."""
    first, several, active = logins["First login"], logins["Several numbers"], logins["Active account"]
    panel = _log_in(browser, site, logins["Administrator"], NARROW)
    _officer(_log_in(browser, site, logins["Administrator"], ROOMY), several, first)
    _messages(_log_in(browser, site, logins["Administrator"], ROOMY))
    _what_waits(browser, site, _log_in(browser, site, logins["Administrator"], ROOMY), active)
    _import(_log_in(browser, site, logins["Administrator"], ROOMY))
    _help_desk(browser, site, panel, first, active)
    _second_person(_log_in(browser, site, logins["A second person"], NARROW), active)
    _administrator(panel)
    _inspector(panel, active)
    _editor(_log_in(browser, site, logins["Administrator"], WIDE))


def _log_in(browser: Browser, site: str, login: Login, width: int) -> Page:
    page = browser.new_context(
        base_url=site, viewport={"width": width, "height": HEIGHT}, locale="pl-PL", color_scheme="light"
    ).new_page()
    page.goto("/konto/logowanie/?next=/panel/")
    main = page.get_by_role("main")
    main.get_by_label("Służbowy adres e-mail").fill(login.name)
    main.get_by_label("Hasło", exact=True).fill(login.secret)
    main.get_by_role("button", name="Zaloguj się").click()
    page.get_by_role("heading", name="Pulpit").wait_for()
    return page


def _officer(panel: Page, person: Login, other: Login) -> None:
    main = panel.get_by_role("main")
    panel.goto("/panel/egzaminatorzy/")
    main.get_by_label("Zakres").select_option(label="OMAT – matematyka")
    main.get_by_label("Stan konta").select_option(label="bez konta")
    main.get_by_role("button", name="Pokaż").click()
    _take("lista", panel, main.get_by_role("heading", level=1), main.get_by_role("row").nth(5))

    main.get_by_role("link", name="Eksportuj").click()
    main.get_by_label("Powód").fill("Lista na naradę u dyrektora 3 marca")
    _take("eksport", panel, main.get_by_role("heading", level=1), main.locator("form").first)

    _find(panel, person.name)
    main.get_by_role("link", name=re.compile("^Skreśl")).first.click()
    main.get_by_label("Numer decyzji").fill("OKE-DE.4410.17.2027")
    main.get_by_label("Data decyzji").fill("1.03.2026")
    main.get_by_label("Podstawa").select_option(index=1)
    main.get_by_label("Powód").fill("Wniosek egzaminatora z 12 lutego")
    _take("skresl", panel, main.get_by_role("heading", level=1), main.locator("form").first)

    _find(panel, person.name)
    main.get_by_role("link", name="Połącz z inną osobą").click()
    main.get_by_label("PESEL, identyfikator lub numer ewidencyjny z drugiego zapisu").fill(other.secret)
    main.get_by_role("button", name="Szukaj").click()
    main.get_by_label("Powód").fill("Ta sama osoba: zgadza się data urodzenia i numer decyzji")
    _take("polacz", panel, main.get_by_role("heading", level=1), main.locator("form").first)


def _messages(panel: Page) -> None:
    main = panel.get_by_role("main")
    panel.goto("/panel/egzaminatorzy/")
    main.get_by_label("Zakres").select_option(label="OMAT – matematyka")
    main.get_by_role("button", name="Pokaż").click()
    main.get_by_role("link", name="Napisz do nich").click()
    main.get_by_label("Temat").fill("Szkolenie w maju")
    main.get_by_label("Treść").fill(
        "{zwrot},\n\nzapraszamy na **szkolenie** dla egzaminatorów matematyki:\n\n"
        "- 12 maja, godz. 16.00: zasady oceniania,\n- 19 maja, godz. 16.00: ćwiczenia.\n\n"
        "Prosimy o zapisy do 30 kwietnia: [formularz](https://oke.example/zapisy)."
    )
    save = main.get_by_role("button", name="Zapisz szkic")
    _take("wiadomosc", panel, main.get_by_role("heading", level=1), save)

    panel.goto("/panel/wiadomosci/")
    main.get_by_role("link", name="Szkolenie przed sesją letnią").click()
    _take("wiadomosc-wynik", panel, main.get_by_role("heading", level=1), main.locator(".tiles"))


def _what_waits(browser: Browser, site: str, panel: Page, active: Login) -> None:
    examiner = browser.new_context(base_url=site, locale="pl-PL").new_page()
    examiner.goto("/konto/logowanie/?next=/konto/dane/")
    box = examiner.get_by_role("main")
    box.get_by_label("PESEL").fill(active.name)
    box.get_by_label("Hasło", exact=True).fill(active.secret)
    box.get_by_role("button", name="Zaloguj się").click()
    surname = box.get_by_label("Nazwisko", exact=True)
    surname.fill(f"{surname.input_value()}-Zielińska")
    box.get_by_label("Telefon").fill("600 100 200")
    box.get_by_role("button", name="Zapisz").click()
    examiner.get_by_text("Komisja dowiedziała się o zmianie").wait_for()

    main = panel.get_by_role("main")
    panel.goto("/panel/")
    main.get_by_role("link", name="Zmiany danych").click()
    _take("do-sprawdzenia", panel, main.get_by_role("heading", level=2), main.get_by_role("listitem").first)


def _import(panel: Page) -> None:
    main = panel.get_by_role("main")
    panel.goto("/panel/import/")
    main.get_by_label("Plik", exact=True).set_input_files(
        {"name": "decyzje z marca.xlsx", "mimeType": "", "buffer": decision_list()}
    )
    main.get_by_role("button", name="Sprawdź plik").click()
    wrong = main.get_by_role("heading", name="Wiersze do poprawy")
    wrong.wait_for(timeout=60_000)  # a job checks it
    _take("import", panel, main.get_by_role("heading", level=1), main.get_by_role("row").nth(4))


def _help_desk(browser: Browser, site: str, panel: Page, first: Login, active: Login) -> None:
    main = panel.get_by_role("main")
    _find(panel, first.name)
    _take("czeka-na-aktywacje", panel, main.get_by_role("region", name="E-maile").first)

    visitor = browser.new_context(base_url=site, locale="pl-PL").new_page()
    visitor.goto("/konto/logowanie/")
    visitor.get_by_role("main").get_by_label("PESEL").fill(active.name)
    visitor.get_by_role("main").get_by_label("Hasło", exact=True).fill("to nie jest hasło")
    visitor.get_by_role("main").get_by_role("button", name="Zaloguj się").click()
    code = visitor.locator(".case-code").inner_text()
    panel.goto("/panel/")
    _take("pulpit", panel, main.locator(".cards").first)
    main.get_by_label("Kod sprawy").fill(code)
    main.get_by_role("button", name="Sprawdź").click()
    _take("kod-sprawy", panel, main.get_by_role("region", name="Co się stało"))

    _find(panel, active.name)
    main.get_by_role("link", name="Zablokuj konto").click()
    main.get_by_label("Powód").fill("Rozmowa po oddzwonieniu na numer z akt: ktoś zmienił adres")
    _take("zablokuj", panel, main.get_by_role("heading", level=1), main.locator("form").first)
    main.get_by_role("button", name="Zablokuj konto").click()
    main.get_by_role("link", name="Odblokuj konto").click()
    main.get_by_label("Powód").fill("Właściciel był w komisji z dowodem osobistym")
    main.get_by_role("button", name="Odblokuj konto").click()


def _second_person(panel: Page, active: Login) -> None:
    _find(panel, active.name)
    _take("druga-osoba", panel, panel.get_by_role("main").get_by_role("region", name="Czeka na drugą osobę"))


def _administrator(panel: Page) -> None:
    main = panel.get_by_role("main")
    panel.goto("/konto/drugi-skladnik/")
    last = main.get_by_role("link", name="Dodaj aplikację")
    _take("drugi-skladnik", panel, main.get_by_role("heading", level=1), last)
    panel.goto("/panel/pracownicy/zapros/")
    main.get_by_label("Imię i nazwisko").fill("Ewa Pomocna")
    main.get_by_label("Służbowy adres e-mail").fill("ewa.pomocna@oke.example")
    main.get_by_role("checkbox", name="Pomoc –").check()
    _take("zapros", panel, main.get_by_role("heading", level=1), main.locator("form").first)
    panel.goto("/panel/ustawienia/kontakt/")
    _take("dane-kontaktowe", panel, main.get_by_role("heading", level=1), main.locator("form").first)


def _inspector(panel: Page, active: Login) -> None:
    main = panel.get_by_role("main")
    panel.goto("/panel/dziennik/")
    main.get_by_label("Kogo dotyczy").fill(active.name)
    main.get_by_label("Kto to zrobił").select_option(label="Anna Kadrowa (kadry@oke.example)")
    main.get_by_role("button", name="Pokaż").click()
    _take("dziennik", panel, main.get_by_text("Wybrana osoba"), main.get_by_role("row").nth(3))


def _editor(panel: Page) -> None:
    main = panel.get_by_role("main")
    panel.goto("/panel/strony/")
    _take("lista-stron", panel, main.locator("header").first, main.get_by_role("table"))

    main.get_by_role("link", name="Pokaż strony pod „Aktualności”").click()
    main.get_by_role("link", name="Dodaj stronę podrzędną").click()
    main.get_by_role("textbox", name="Tytuł").fill("Szkolenie w marcu")
    main.get_by_role("textbox", name="Wstęp").fill("Zapisy trwają do 10 lutego.")
    body = main.get_by_role("region", name="Treść")
    dialog = panel.get_by_role("dialog")
    with tempfile.TemporaryDirectory(prefix="egzaminator-pictures-") as folder:
        picture = Path(folder) / "sala.png"
        Image.linear_gradient("L").resize((640, 360)).save(picture)
        body.get_by_role("button", name="Dodaj blok").click()
        panel.get_by_role("option", name="Obraz").click()
        body.get_by_role("button", name="Wybierz obraz").click()
        dialog.get_by_role("tab", name="Prześlij").click()
        dialog.get_by_label("Plik").set_input_files(picture)
        dialog.get_by_role("textbox", name="Tytuł").fill("Sala szkoleniowa")
        dialog.get_by_role("button", name="Prześlij").click()
        dialog.wait_for(state="hidden")
    image = body.get_by_role("region", name="Obraz")
    image.get_by_role("textbox", name="Tekst alternatywny").fill("Sala szkoleniowa z rzędami stolików")
    image.locator("img").wait_for()
    _take("obraz", panel, image)

    panel.get_by_role("button", name="Więcej akcji").click()
    actions = panel.get_by_role("navigation", name="Działania")
    _take("opublikuj", panel, actions.get_by_role("button", name="Opublikuj"), actions)
    panel.keyboard.press("Escape")

    body.get_by_role("button", name="Dodaj blok").last.click()
    panel.get_by_role("option", name="Dokumenty").click()
    documents = body.get_by_role("region", name="Dokumenty")
    documents.get_by_role("textbox", name="Nagłówek").fill("Do pobrania")
    _take("dokumenty", panel, documents)

    panel.get_by_role("button", name="Przełącz status").click()
    panel.get_by_role("button", name="Ustaw plan").click()
    _take("plan", panel, panel.locator(".w-dialog__box:visible"))

    panel.goto("/panel/strony/")
    main.get_by_role("link", name="Pokaż strony pod „Pomoc”").click()
    main.get_by_role("link", name="Zmiana nazwiska").click()
    main.get_by_role("textbox", name="Wstęp").fill("Nowe nazwisko wpisz na koncie i zgłoś komisji.")
    panel.get_by_role("button", name="Więcej akcji").click()
    panel.get_by_role("button", name="Opublikuj").click()
    main.get_by_role("link", name="Zmiana nazwiska").last.click()
    main.get_by_role("link", name="Historia").first.click()
    main.get_by_role("button", name="Akcje").last.click()
    _take("historia", panel, main.get_by_role("table"), panel.get_by_role("link", name="Porównaj z obecną wersją"))


def _find(panel: Page, asked: str) -> None:
    panel.goto("/panel/")
    main = panel.get_by_role("main")
    button = panel.get_by_role("button", name="Znajdź osobę")
    main.locator("form", has=button).get_by_role("textbox").fill(asked)
    button.click()
    main.get_by_text("Stan konta").first.wait_for()


def _take(name: str, page: Page, first: Locator, last: Locator | None = None) -> None:
    """Write a picture of what reaches from one element to another, with a margin around it."""
    for one in (first, last or first):
        one.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.evaluate(_REPLACE, list(FIXED.items()))
    page.wait_for_timeout(300)  # Wagtail's panels slide
    page.evaluate("scrollTo(0, 0)")
    boxes = [box for one in (first, last or first) if (box := one.bounding_box())]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    main = page.get_by_role("main").bounding_box() or {"x": 0.0}
    x, y = max(left - MARGIN, main["x"]), max(top - MARGIN, 0)
    clip: FloatRect = {"x": x, "y": y, "width": right + MARGIN - x, "height": bottom + MARGIN - y}
    shot = page.screenshot(clip=clip, full_page=True, animations="disabled")
    flat = Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path = PICTURES / f"{name}.webp"
    flat.convert("RGB").save(path, lossless=True, quality=100, method=6)
    sys.stdout.write(f"{path.name}: {flat.width} x {flat.height}, {path.stat().st_size} bytes\n")
