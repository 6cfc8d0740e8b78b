import dataclasses
import datetime
from typing import Any

import pytest
from django.utils import translation

from egzaminator.accounts.domain.mfa import Passkey, SecondFactors
from egzaminator.accounts.domain.overview import Overview
from egzaminator.accounts.models import Account, EmailChange, Profile
from egzaminator.accounts.overview_text import Task, cards_of, tasks_of
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Cause, DeliveryState
from egzaminator.mail.models import Email
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Scope

MOMENT = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
ANNA = "anna@example.org"
LAST_PL = "Ostatnia: „Zmiana hasła”, 2026-11-22."
LAST_EN = "The last one: “The password was changed”, 2026-11-22."
ENTRIES, FACTORS = "Entries in the register", "Second factor and passkeys"
MAILS = "Messages from the board"
TOTP = SecondFactors(totp_added_at=MOMENT, codes_left=8)


def email(**fields: Any) -> Email:
    return Email(email=ANNA, kind=EmailKind.PASSWORD_CHANGED, created_at=MOMENT, **fields)


REFUSED = email(state=DeliveryState.REJECTED, cause=Cause.ADDRESS)


def account(**fields: Any) -> Account:
    new = Account(**{"email": ANNA} | fields)
    Profile(account=new, locality="Poznań")
    return new


def overview(**values: Any) -> Overview:
    """Return the state of a new account in which nothing has happened, except for `values`."""
    nothing = Overview(
        entries=[],
        details_changed_at=None,
        email_change=None,
        email_question=None,
        password_changed_at=None,
        second_factors=SecondFactors(),
        other_sessions=0,
        previous_login=None,
        last_email=None,
        new_emails=0,
    )
    return dataclasses.replace(nothing, **values)


def entries(*codes: str, ended: int = 0) -> dict[str, list[Entry]]:
    active = [Entry(scope=Scope(code=code)) for code in codes]
    return {"entries": active + [Entry(scope=Scope(code="X"), state=EntryState.STRUCK_OFF) for _ in range(ended)]}


def factors(passkeys: int, **values: Any) -> dict[str, SecondFactors]:
    keys = [Passkey(number, "telefon", MOMENT, None) for number in range(passkeys)]
    return {"second_factors": SecondFactors(passkeys=keys, **values)}


@pytest.mark.parametrize(
    ("title", "state", "polish", "english"),
    [
        (ENTRIES, entries(), "Brak aktywnego wpisu.", "No active entry."),
        (ENTRIES, entries("MHI"), "1 aktywny wpis: MHI.", "1 active entry: MHI."),
        (
            ENTRIES,
            entries("MHI", "OANG", ended=1),
            "2 aktywne wpisy: MHI, OANG. 1 skreślony.",
            "2 active entries: MHI, OANG. 1 struck off.",
        ),
        (
            ENTRIES,
            entries("A", "B", "C", "D", "A", ended=2),
            "5 aktywnych wpisów: A, B, C, D. 2 skreślone.",
            "5 active entries: A, B, C, D. 2 struck off.",
        ),
        (ENTRIES, entries(ended=5), "Brak aktywnego wpisu. 5 skreślonych.", "No active entry. 5 struck off."),
        ("My details", {}, "Adres: Poznań.", "Address: Poznań."),
        (
            "My details",
            {"details_changed_at": MOMENT},
            "Adres: Poznań. Ostatnia zmiana: 2026-11-22.",
            "Address: Poznań. Last change: 2026-11-22.",
        ),
        (MAILS, {}, "Nie ma żadnych wiadomości.", "There are no messages."),
        (MAILS, {"last_email": email()}, LAST_PL, LAST_EN),
        (
            MAILS,
            {"last_email": email(), "new_emails": 1},
            f"1 nowa od poprzedniego logowania. {LAST_PL}",
            f"1 new since the previous log-in. {LAST_EN}",
        ),
        (
            MAILS,
            {"last_email": email(), "new_emails": 3},
            f"3 nowe od poprzedniego logowania. {LAST_PL}",
            f"3 new since the previous log-in. {LAST_EN}",
        ),
        (
            MAILS,
            {"last_email": email(), "new_emails": 5},
            f"5 nowych od poprzedniego logowania. {LAST_PL}",
            f"5 new since the previous log-in. {LAST_EN}",
        ),
        ("E-mail address", {}, ANNA, ANNA),
        (
            "Password",
            {},
            "Zmień je, jeśli ktoś inny mógł je poznać.",
            "Change it if somebody else may have learned it.",
        ),
        (
            "Password",
            {"password_changed_at": MOMENT},
            "Ostatnia zmiana: 2026-11-22.",
            "Last change: 2026-11-22.",
        ),
        (FACTORS, {}, "Brak: do zalogowania się wystarczy samo hasło.", "None: the password alone opens the account."),
        (
            FACTORS,
            {"second_factors": TOTP},
            "Aplikacja z kodami. Zostało 8 kodów zapasowych.",
            "Authenticator app. 8 recovery codes are left.",
        ),
        (
            FACTORS,
            factors(1, codes_left=1),
            "1 klucz dostępu. Został 1 kod zapasowy.",
            "1 passkey. 1 recovery code is left.",
        ),
        (
            FACTORS,
            factors(2, codes_left=3, totp_added_at=MOMENT),
            "Aplikacja z kodami, 2 klucze dostępu. Zostały 3 kody zapasowe.",
            "Authenticator app, 2 passkeys. 3 recovery codes are left.",
        ),
        (
            FACTORS,
            factors(5, codes_left=10),
            "5 kluczy dostępu. Zostało 10 kodów zapasowych.",
            "5 passkeys. 10 recovery codes are left.",
        ),
        ("Logged-in devices", {}, "Tylko to urządzenie.", "Only this device."),
        ("Logged-in devices", {"other_sessions": 1}, "To urządzenie i 1 inne.", "This device and 1 other."),
        ("Logged-in devices", {"other_sessions": 3}, "To urządzenie i 3 inne.", "This device and 3 others."),
        ("Logged-in devices", {"other_sessions": 5}, "To urządzenie i 5 innych.", "This device and 5 others."),
        ("Account history", {}, "Logowania i zmiany na koncie.", "Log-ins and changes of the account."),
        (
            "Account history",
            {"previous_login": MOMENT},
            "Poprzednie logowanie: 2026-11-22 10:54.",
            "Previous log-in: 2026-11-22 10:54.",
        ),
    ],
)
def test_each_card_says_its_state(title: str, state: dict[str, Any], polish: str, english: str) -> None:
    with translation.override("en"):
        cards = cards_of(account(), overview(**state))
    (index,) = (index for index, card in enumerate(cards) if card.title == title)
    assert cards[index].state == english
    with translation.override("pl"):
        assert cards_of(account(), overview(**state))[index].state == polish


def test_each_card_leads_to_its_screen() -> None:
    cards = {card.title: card.url for card in cards_of(account(), overview())}
    assert cards == {
        "Wpisy w ewidencji": "#entries",
        "Moje dane": "/konto/dane/",
        "Wiadomości od komisji": "/konto/wiadomosci/",
        "Adres e-mail": "/konto/adres/",
        "Hasło": "/konto/zmiana-hasla/",
        "Drugi składnik i klucze dostępu": "/konto/drugi-skladnik/",
        "Zalogowane urządzenia": "/konto/sesje/",
        "Historia konta": "/konto/historia/",
    }


@pytest.mark.parametrize(
    ("fields", "state", "polish", "english"),
    [
        (
            {"has_personal_password": True},
            {},
            Task(
                "Twoje hasło składa się z twojego imienia, nazwiska lub numerów z ewidencji, więc inni mogą je "
                "odgadnąć. Zmień je na inne.",
                "Zmień hasło",
                "/konto/zmiana-hasla/",
            ),
            Task(
                "Your password is made of your name or of your numbers in the register, so others can guess it. "
                "Choose another one.",
                "Change the password",
                "/en/konto/zmiana-hasla/",
            ),
        ),
        (
            {},
            {"email_change": EmailChange(new="nowa@example.org")},
            Task(
                "Nowy adres nowa@example.org czeka na potwierdzenie. Kliknij link w e-mailu, który tam wysłaliśmy.",
                "Wyślij e-mail ponownie lub anuluj zmianę",
                "/konto/adres/",
            ),
            Task(
                "The new address nowa@example.org waits for confirmation. "
                "Click the link in the e-mail that we sent there.",
                "Send the e-mail again, or cancel the change",
                "/en/konto/adres/",
            ),
        ),
        (
            {},
            {"last_email": REFUSED},
            Task(
                "Serwer poczty odrzucił nasz ostatni e-mail na adres anna@example.org. "
                "Sprawdź, czy adres jest poprawny.",
                "Zmień adres e-mail",
                "/konto/adres/",
            ),
            Task(
                "The mail server refused our last e-mail to anna@example.org. Check whether the address is right.",
                "Change the e-mail address",
                "/en/konto/adres/",
            ),
        ),
        (
            {},
            factors(1, codes_left=2),
            Task(
                "Zostały 2 kody zapasowe. Zrób nowe, zanim będą potrzebne.",
                "Kody zapasowe",
                "/konto/drugi-skladnik/kody/",
            ),
            Task(
                "2 recovery codes are left. Make new ones before you need them.",
                "Recovery codes",
                "/en/konto/drugi-skladnik/kody/",
            ),
        ),
        (
            {"deletion_notified_at": MOMENT},
            entries(ended=1),
            Task(
                "Nie masz już aktywnego wpisu, dlatego to konto zostanie usunięte. Najwcześniejszy dzień: wtorek, "
                "22 grudnia 2026.",
                "Moje dane: pobierz lub wydrukuj",
                "/konto/moje-dane/",
            ),
            Task(
                "You have no active entry any more, so this account will be deleted. "
                "The earliest day: Tuesday, 22 December 2026.",
                "My data: download or print",
                "/en/konto/moje-dane/",
            ),
        ),
    ],
)
def test_tells_what_there_is_to_do(fields: dict[str, Any], state: dict[str, Any], polish: Task, english: Task) -> None:
    with translation.override("pl"):
        assert tasks_of(account(**fields), overview(**state)) == [polish]
    with translation.override("en"):
        assert tasks_of(account(**fields), overview(**state)) == [english]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, {}),
        ({"has_personal_password": False}, {}),
        ({}, {"second_factors": TOTP}),
        ({}, factors(1, codes_left=3)),
        ({"deletion_notified_at": MOMENT}, entries("MHI")),  # entered again since the notice
        ({"email": "other@example.org"}, {"last_email": REFUSED}),  # the address has changed since
        ({}, {"last_email": email(state=DeliveryState.REJECTED, cause=Cause.BOARD)}),
        ({}, {"last_email": email(state=DeliveryState.ACCEPTED)}),
    ],
)
def test_asks_for_nothing_that_the_owner_need_not_do(fields: dict[str, Any], state: dict[str, Any]) -> None:
    assert tasks_of(account(**fields), overview(**state)) == []


def test_a_pending_change_is_the_cure_for_a_refused_address() -> None:
    state = overview(email_change=EmailChange(new="nowa@example.org"), last_email=REFUSED)
    assert [task.url for task in tasks_of(account(), state)] == ["/konto/adres/"]
