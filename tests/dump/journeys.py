"""What people do on the site, one function each. The test of the dump runs them all: add one for each new feature."""

import re
from collections.abc import Callable

from tests.dump.site import Site
from tests.helpers.factories import DETAILS, PESELS, make_account, make_examiner, make_staff
from tests.helpers.mfa import totp_code

Journey = Callable[[Site], None]
JOURNEYS: list[Journey] = []
PHONE = {"phone": "61 854 01 60"}


def journey(function: Journey) -> Journey:
    JOURNEYS.append(function)
    return function


def form_of(email: str, password: str) -> dict[str, str]:
    details = {name: str(value) for name, value in DETAILS.items() if value is not False}
    return details | PHONE | {"email": email, "new_password": password, "repeated_password": password}


@journey
def first_login_with_every_mistake(site: Site) -> None:
    pesel, number = site.secret("pesel", PESELS[0]), site.secret("number", "QXZ-77310-A")
    password = site.secret("password", "borsuk-latarnia-sekunda-7")
    make_examiner(pesel=pesel, numbers=(number,), email="known@example.org")
    visitor = site.visitor()
    assert "Kod sprawy" in visitor.log_in(pesel, site.secret("number", "QXZ-77310-B")).words
    assert visitor.log_in(pesel, number).path == "/konto/zakladanie/"
    filled = form_of("wrong@example.org", password)
    kept = visitor.send("/konto/zakladanie/", **(filled | {"postal_code": "6165"}))
    assert "Hasło przyjęte" in kept.words
    status = visitor.post("/konto/zakladanie/", kept.fields | filled | {"new_password": "", "repeated_password": ""})
    assert status.path == "/konto/aktywacja/"
    stale = site.link("wrong@example.org", "Aktywuj")
    assert site.link("known@example.org", "").startswith("/s/")
    corrected = visitor.send("/konto/aktywacja/adres/", email="anna@example.org", password=password)
    assert corrected.path == "/konto/aktywacja/"
    assert site.visitor().get(stale).status in {404, 410}
    link = site.link("anna@example.org", "Aktywuj")
    phone = site.visitor()
    assert phone.get(link).status == 200
    assert phone.send(link, password=site.secret("password", "to nie jest to haslo 9")).path == link
    assert phone.send(link, password=password).path == "/konto/aktywne/"
    assert phone.log_in(pesel, password).path == "/konto/"
    assert phone.send("/konto/dane/", locality="Gniezno", **PHONE).status == 200
    assert phone.get("/konto/historia/").status == 200
    assert phone.post("/konto/wyloguj/", phone.get("/konto/").fields).path == "/konto/wylogowano/"


@journey
def refusals_with_secrets_in_the_wrong_fields(site: Site) -> None:
    pesel = site.secret("pesel", PESELS[1])
    number, password = site.secret("number", "QXZ-77311"), site.secret("password", "wieloryb-kredens-osa-41")
    make_account(make_examiner(pesel=pesel, numbers=(number,)), email="jan@example.org", password=password)
    for name, secret in [
        (pesel, site.secret("password", "nie to haslo na pewno 3")),
        (pesel, number),
        (site.secret("pesel", PESELS[2]), number),
        (password, pesel),
        (number, password),
        (f"{pesel[:6]} {pesel[6:]}", f" {number.lower()} "),
    ]:
        page = site.visitor().log_in(name, secret)
        assert page.path == "/konto/logowanie/"


@journey
def forgotten_password_and_freezing(site: Site) -> None:
    pesel, password = site.secret("pesel", PESELS[3]), site.secret("password", "stara-kasza-mlot-zebra")
    new = site.secret("password", "nowa-kasza-mlot-gawron")
    make_account(make_examiner(pesel=pesel, numbers=("QXZ-1",)), email="ewa@example.org", password=password)
    visitor = site.visitor()
    for name in (pesel, site.secret("pesel", PESELS[4]), password):
        assert visitor.send("/konto/haslo/", name=name).path == "/konto/haslo/wyslane/"
    link = site.link("ewa@example.org", "hasł")
    assert visitor.send(link, new_password=pesel, repeated_password=pesel).path == link
    assert visitor.send(link, new_password=new, repeated_password=new).path == "/konto/haslo/zmienione/"
    assert visitor.log_in(pesel, new).path == "/konto/"
    freeze = site.link("ewa@example.org", "hasł")
    assert visitor.send(freeze).status == 200
    assert "Kod sprawy" not in site.visitor().log_in(pesel, new).words


@journey
def second_factor_new_password_and_new_address(site: Site) -> None:
    pesel, password = site.secret("pesel", "90010112349"), site.secret("password", "zegar-mostek-wydra-jodla")
    new = site.secret("password", "zegar-mostek-lodka-rzepa")
    make_account(make_examiner(pesel=pesel, numbers=("QXZ-2",)), email="ola@example.org", password=password)
    visitor = site.visitor()
    assert visitor.log_in(pesel, password).path == "/konto/"
    app = visitor.get("/konto/drugi-skladnik/aplikacja/")
    secret = site.secret("app", re.findall(r"(?:[A-Z2-7]{4} ?){8}", app.words)[0].replace(" ", ""))
    codes = visitor.post(app.path, app.fields | {"code": totp_code(secret)})
    assert codes.path == "/konto/drugi-skladnik/kody/"
    for code in re.findall(r"\b\d{4} \d{4}\b", codes.words):
        site.secret("recovery code", code.replace(" ", ""))
    changed = visitor.send("/konto/zmiana-hasla/", password=password, new_password=new, repeated_password=new)
    assert changed.status == 200
    assert visitor.send("/konto/adres/", email="nowa@example.org", password=new).path == "/konto/adres/"
    link = site.link("nowa@example.org", "")
    assert visitor.send(link).status == 200


@journey
def staff_look_a_case_up(site: Site) -> None:
    password = site.secret("password", "urzednik-parasol-hokej-5")
    make_staff(password=password)
    refused = site.visitor().log_in(PESELS[1], "QXZ-77311")
    (code,) = set(re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", refused.words))
    staff = site.visitor()
    staff.log_in("jan@oke.example", password)
    assert "Co się stało" in staff.send("/panel/sprawy/", case_code=code).words
