"""Takes the screenshots of the manual, the staff's guides and the README from a demo of its own: `make screenshots`.

They show what the screens look like now. People and numbers in them are invented by the demo.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

from tests.helpers.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.helpers.guide_screenshots import Login, take_guide_pictures

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "src/egzaminator/cms/default_content/obrazy"
README_PICTURE = ROOT / "docs/strona-glowna.png"
PASSWORD = "mosty-czajnik-jesion-rower"
FORM = {
    "Adres e-mail": "anna.nowak@poczta.example",
    "Nowe hasło": PASSWORD,
    "Powtórz hasło": PASSWORD,
    "Imię": "Anna",
    "Nazwisko": "Nowak",
    "Miejsce urodzenia": "Śrem",
    "Numer domu": "12A",
    "Kod pocztowy": "61-655",
    "Miejscowość": "Poznań",
    "Telefon": "61 854 01 60",
}
# Pixels. As wide as a narrow article, so that pictures are not scaled, with a margin around what is shown.
WIDTH, MARGIN = 400, 8
COLOURS = 16
PATIENCE = 90
# A line of what the demo prints: whose login it is, PESEL or e-mail address, the first number or the password.
_LOGIN = re.compile(r"^  (\w[\w ]*?) {2,}(?:PESEL|e-mail) (\S+)\s+(?:number|any of|password) ([^\s,]+)", re.MULTILINE)


def main() -> None:
    """Run a demo, go through a first login and the guides in it, and write a screenshot of each screen."""
    with _demo() as (site, logins), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        _take_readme_picture(browser, site)
        page = browser.new_context(
            base_url=site, viewport={"width": WIDTH, "height": 900}, locale="pl-PL", color_scheme="light"
        ).new_page()
        first = logins["First login"]
        _take_pictures(page, first.name, first.secret)
        take_guide_pictures(browser, site, logins)
        browser.close()


def _take_readme_picture(browser: Browser, site: str) -> None:
    page = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900}, locale="pl-PL").new_page()
    page.goto("/")
    picture = Image.open(BytesIO(page.screenshot()))
    picture.quantize(COLOURS * 4, dither=Image.Dither.NONE).save(README_PICTURE, optimize=True)


def _take_pictures(page: Page, name: str, number: str) -> None:
    main = page.get_by_role("main")
    page.goto("/")
    main.get_by_role("link", name="Pierwsze logowanie").click()
    main.get_by_label("PESEL").fill(name)
    main.get_by_label("Numer ewidencyjny").fill(number)
    page.evaluate("document.activeElement.blur()")
    button = main.get_by_role("button", name="Zaloguj się")
    _take("logowanie", page, page.get_by_role("heading", level=1), button)

    button.click()
    page.wait_for_url("**/konto/zakladanie/")
    for label, value in FORM.items():
        main.get_by_label(label, exact=True).fill(value)
    main.get_by_label("Województwo").select_option("wielkopolskie")
    main.get_by_label("Zatrudnienie").select_option("nie pracuję")
    page.evaluate("document.activeElement.blur()")
    heading = page.get_by_role("heading", level=1)
    _take(
        "formularz",
        page,
        page.locator(".field", has=page.locator("#claim-name")),
        main.get_by_label("Adres e-mail", exact=True),
    )

    main.get_by_role("button", name="Zapisz", exact=True).click()
    page.get_by_role("heading", name="E-mail jest w drodze").wait_for(timeout=PATIENCE * 1000)
    _take("aktywacja", page, heading, page.locator("[data-state] .notice").first)

    page.goto("/demo/poczta/")
    main.get_by_role("link", name="Aktywuj swoje konto").first.click()
    page.get_by_role("link", name="Wróć do skrzynki").wait_for()
    (path,) = re.findall(r"http://[^/\s]+(/a/\S+)", main.inner_text())[:1]
    page.goto(path)
    _take("przycisk", page, heading, page.get_by_role("button", name="Aktywuj konto"))


def _take(name: str, page: Page, first: Locator, last: Locator | None = None) -> None:
    """Write a screenshot of the strip of the page from one element to another."""
    page.evaluate("scrollTo(0, 0)")
    first_box, last_box = first.bounding_box(), (last or first).bounding_box()
    assert first_box is not None
    assert last_box is not None
    top, bottom = first_box["y"], last_box["y"] + last_box["height"]
    strip: FloatRect = {"x": 0, "y": top - MARGIN, "width": WIDTH, "height": bottom - top + 2 * MARGIN}
    picture = Image.open(BytesIO(page.screenshot(clip=strip, full_page=True, animations="disabled")))
    path = PICTURES / f"{name}.webp"
    flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.convert("RGB").save(path, lossless=True, quality=100, method=6)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {flat.width} x {flat.height}, {path.stat().st_size} bytes\n")


@contextmanager
def _demo() -> Iterator[tuple[str, Mapping[str, Login]]]:
    """Run a demo in a folder of its own. Yield its URL, and the people that it announces, by their title."""
    with tempfile.TemporaryDirectory(prefix="egzaminator-pictures-") as folder:
        port = _free_port()
        # The demo uses its own values of these, whatever is set in the environment.
        environment = {
            name: value for name, value in os.environ.items() if name not in {"EMAIL_URL", "PUBLIC_BASE_URL"}
        }
        output = Path(folder) / "output.txt"
        with output.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "egzaminator.demo", "--end-with", str(os.getpid())],
                env=environment | {"DATA_DIR": f"{folder}/data", "PORT": str(port), "PYTHONPATH": str(ROOT / "src")},
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            yield f"http://localhost:{port}", _await_logins(process, output)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _await_logins(process: subprocess.Popen[bytes], output: Path) -> Mapping[str, Login]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        found = _LOGIN.findall(output.read_text())
        if "To stop" in output.read_text():
            return {title: Login(name, secret) for title, name, secret in found}
        time.sleep(0.2)
    sys.exit(f"The demo has not started:\n{output.read_text()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
