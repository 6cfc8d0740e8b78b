"""Second factors as people have them: an app that makes codes, and codes on paper."""

import base64
import hashlib
import hmac
import re
import time

from django.http import HttpResponse
from django.test import Client

from egzaminator.accounts.domain.add_app import add_app
from egzaminator.accounts.domain.factors import factors_of
from egzaminator.accounts.models import Account
from tests.factories import PASSWORD, PESELS
from tests.pages_of import fields_of, words_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD = 30


def app_code(secret: str = SECRET, *, periods: int = 0) -> str:
    """Give the code that an app shows now, or so many periods from now (RFC 6238)."""
    counter = int(time.time()) // PERIOD + periods
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def give_app(account: Account) -> list[str]:
    """Add an app with SECRET to an account; give the recovery codes. The app's code of one period ago is spent."""
    add_app(account=account, secret=SECRET, code=app_code(periods=-1))
    return factors_of(account=account).fresh_codes


def log_in(browser: Client, name: str = PESELS[0], secret: str = PASSWORD, **more: str) -> HttpResponse:
    return browser.post("/konto/logowanie/", {"name": name, "secret": secret, **more})


def send(browser: Client, path: str, **fields: str) -> HttpResponse:
    """Open a page, fill its form in and send it."""
    page = fields_of(browser.get(path))
    return browser.post(path, page | fields)


def secret_on(page: HttpResponse) -> str:
    """Read the key that the page offers to those who cannot scan."""
    (shown,) = re.findall(r"(?:[A-Z2-7]{4} ?){8}", words_of(page))
    return shown.replace(" ", "")
