"""A person's way from the first login to an account, in a real browser, through nginx and the mail server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect, sync_playwright

from tests.helpers.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.helpers.factories import PASSWORD, PESELS
from tests.installation.machine import HOME
from tests.installation.network import INSIDE
from tests.installation.steps import HOST, World, step, wait_until
from tests.journeys.visitor import FILLED, Visitor

EMAIL = FILLED["Adres e-mail"]
_REGISTER = f"""pesel;imiona;nazwisko;numer_ewidencyjny;zakres;nr_decyzji;data_decyzji
{PESELS[0]};Anna Maria;Łukasik;MBI/1/2019;MBI;OKE-4410-1/19;2019-03-01
{PESELS[1]};Jan;Żak;MBI/2/2019;MBI;OKE-4410-2/19;2019-03-01
"""


@contextmanager
def visitor() -> Iterator[Visitor]:
    """Open a browser that finds the host at the machine."""
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*CHROMIUM_ARGUMENTS, f"--host-resolver-rules=MAP {HOST} {INSIDE}"],
        )
        # Whether the certificate is to be trusted is looked at in other steps.
        context = browser.new_context(base_url=f"https://{HOST}", locale="pl-PL", ignore_https_errors=True)
        context.set_default_timeout(30_000)
        yield Visitor(context.new_page())
        browser.close()


def log_in(one: Visitor) -> None:
    """Log in with the password of one's own, look at the account, and log out."""
    one.log_in(PASSWORD)
    one.is_at("/konto/")
    expect(one.page.get_by_role("rowheader", name="MBI/1/2019")).to_be_visible()
    one.page.get_by_role("button", name="Wyloguj się").click()
    one.is_at("/konto/wylogowano/")


@step("the register is imported")
def register(world: World) -> str:
    world.machine.write(f"{HOME}/register.csv", _REGISTER)
    return (
        world.machine.sh(
            """
        install --owner egzaminator --mode 0600 ~/register.csv /var/lib/egzaminator/register.csv
        egzaminator import_register /var/lib/egzaminator/register.csv --dry-run
        egzaminator import_register /var/lib/egzaminator/register.csv
        rm /var/lib/egzaminator/register.csv
        """
        )
        .strip()
        .splitlines()[-1]
    )


@step("from the first login to a log-in, over https")
def walk(world: World) -> str:
    with visitor() as anna:
        anna.log_in("MBI/1/2019")
        anna.is_at("/konto/zakladanie/")
        anna.fill_in_the_form()
        anna.press("Zapisz")
        anna.is_at("/konto/aktywacja/")
        took = wait_until(lambda: EMAIL in world.relay.recipients, "the activation e-mail")
        mail = next(one for one in reversed(world.relay.received) if one.recipient == EMAIL)
        (link,) = re.findall(rf"^(https://{HOST}/a/\S+)\s*$", mail.body("plain"), re.MULTILINE)
        world.found["link"] = link
        anna.open(link)
        anna.press("Aktywuj konto")
        anna.is_at("/konto/")
        anna.page.get_by_role("button", name="Wyloguj się").click()
        log_in(anna)
    return f"form, e-mail after {took:.1f} s, activation, log-in"
