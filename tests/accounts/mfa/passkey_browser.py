"""A browser with a passkey: its pages, its challenges and what comes of an answer."""

from typing import Any

from django.test import Client

from tests.helpers.html import Response, words_of
from tests.helpers.mfa import Device, send

ADD = "/konto/drugi-skladnik/klucz/"
INDEX = "/konto/drugi-skladnik/"
LOGIN = "/konto/logowanie/klucz/"
STEP = "/konto/logowanie/drugi-krok/"
CONFIRM = "/konto/potwierdzenie/"
PRESENT_ONLY = 0b001  # of a device's flags: its owner was not verified


def new_browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, SERVER_NAME="localhost", SERVER_PORT="8000")


def challenge_of(browser: Client, page: str, **fields: str) -> dict[str, Any]:
    token = {"csrfmiddlewaretoken": browser.cookies["csrf"].value} if "csrf" in browser.cookies else {}
    options: dict[str, Any] = browser.post(f"{page}wyzwanie/", fields | token).json()
    return options


def add(browser: Client, device: Device, name: str = "mój telefon") -> Response:
    browser.get(ADD)
    answer = device.make(challenge_of(browser, ADD, name=name))
    return send(browser, ADD, name=name, credential=answer)


def come_in(browser: Client, device: Device, **fields: str) -> Response:
    return browser.post(LOGIN, {"credential": device.prove(challenge_of(browser, LOGIN)), **fields})


def is_in(browser: Client) -> bool:
    return browser.get("/konto/").status_code == 200


def refused(browser: Client, answer: str) -> bool:
    response = browser.post(LOGIN, {"credential": answer}, follow=True)
    said = "Nie udało się zalogować tym kluczem dostępu." in words_of(response)
    return said and not is_in(browser)
