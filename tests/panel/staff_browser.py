"""The browser of a staff member, and the forms sent from it."""

from django.test import Client

from egzaminator.accounts.models import Account
from tests.helpers.factories import PASSWORD
from tests.helpers.html import Response, token_of

FIND = "/panel/egzaminatorzy/"
REVIEW = "/panel/do-sprawdzenia/"


def browser_of(member: Account) -> Client:
    """Return a browser in which a staff member is logged in."""
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.post("/konto/logowanie/", {"name": member.email, "secret": PASSWORD})
    return browser


def send(client: Client, path: str, **fields: str) -> Response:
    """Send a form with the CSRF token of the browser's session."""
    return client.post(path, fields | {"csrfmiddlewaretoken": token_of(client, FIND)})
