"""The buttons of the list, and the page that moves what was stated to the register."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, UndecryptableValue
from egzaminator.panel.domain.examiner_lookup import BURST, hit_lookup_limit
from egzaminator.register.models import Examiner, FormerValue
from egzaminator.staff.roles import Role
from tests.helpers.factories import DETAILS, examiner_of, freeze, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.staff_texts import reason_of
from tests.panel.staff_browser import browser_of
from tests.panel.staff_browser import send as send_texts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/panel/do-sprawdzenia/"
CHANGES = f"{PATH}?rodzaj=zmiany-danych"
WHY = "Odpis aktu małżeństwa"


@pytest.fixture
def account() -> Account:
    account = make_account(make_examiner())
    change_details(account=account, details=DETAILS | {"surname": "Żak", "locality": "Gniezno"})
    return account


@pytest.fixture
def client() -> Client:
    return browser_of(make_staff(roles=[Role.RECORDS]))


def send(client: Client, path: str, **fields: Any) -> Response:
    """Send a form in which a field may have several values."""
    return send_texts(client, path, **fields)


def accept(client: Client, account: Account, seen: str = "") -> str:
    """Press the button as the page shows it, and return what the next page says."""
    seen = seen or fields_of(client.get(CHANGES)).get("seen", "")
    answer = send(client, reverse("accept-zmiany-danych", args=[account.pk]), seen=seen)
    assert answer["Location"] == CHANGES
    return words_of(client.get(CHANGES))


def test_what_is_accepted_is_off_the_list(client: Client, account: Account) -> None:
    assert "Łukasik Anna Maria" in words_of(client.get(CHANGES))
    words = accept(client, account)
    assert "Tej pozycji nie ma już na liście" in words
    assert "Nic takiego nie czeka" in words
    assert Event.objects.get(tag=Tag.REVIEWED).subject == account.pk


def test_the_second_is_told_who_was_first(client: Client, account: Account) -> None:
    colleague = browser_of(make_staff(email="ewa@oke.example", name="Ewa Druga", roles=[Role.RECORDS]))
    seen = fields_of(client.get(CHANGES))["seen"]
    accept(colleague, account)
    assert "To jest już załatwione: Ewa Druga, " in accept(client, account, seen)
    assert Event.objects.filter(tag=Tag.REVIEWED).count() == 1


def test_what_has_changed_since_stays_and_is_read_again(client: Client, account: Account) -> None:
    seen = fields_of(client.get(CHANGES))["seen"]
    change_details(account=account, details=DETAILS | {"surname": "Lis", "locality": "Gniezno"})
    words = accept(client, account, seen)
    assert "Po otwarciu listy coś się tu zmieniło" in words
    assert "Nazwisko: Łukasik → teraz: Lis" in words


def test_nobody_accepts_or_moves_what_is_their_own(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(email="jan@oke.example")
    client = browser_of(make_staff(roles=[Role.RECORDS]))
    assert "To dotyczy ciebie: załatwi to koleżanka lub kolega." in accept(client, account)
    assert "To dotyczy ciebie" in words_of(client.get(move(client, account)["Location"]))
    assert Examiner.objects.get().surname == "Łukasik"
    assert not Event.objects.filter(tag=Tag.REVIEWED).exists()


def test_a_damaged_value_of_ones_own_is_for_a_colleague() -> None:
    own = make_account(make_examiner(), email="jan@oke.example")
    record_undecryptable(context=f"register.examiner.pesel:{own.examiner_id}")
    client = browser_of(make_staff(roles=[Role.RECORDS]))
    path = reverse("accept-nieczytelne-dane", args=[UndecryptableValue.objects.get().pk])
    send(client, path, seen="1")
    assert "To dotyczy ciebie" in words_of(client.get(PATH))
    assert UndecryptableValue.objects.get().needs_review


def test_each_press_counts_as_a_look_up(account: Account) -> None:
    member = make_staff(roles=[Role.HELP_DESK])
    client = browser_of(member)
    freeze(account)
    for number in range(BURST.most):
        hit_lookup_limit(by=Actor(member.pk), whom=str(number))
    assert send(client, reverse("accept-to-nie-ja", args=[account.pk]), seen="x").status_code == 429


@pytest.mark.parametrize("kind", ["to-nie-ja", "zmiany-danych", "nazwiska", "wojewodztwa"])
def test_accounts_of_the_staff_are_not_found(kind: str) -> None:
    member = make_staff()
    assert send(browser_of(member), reverse(f"accept-{kind}", args=[member.pk]), seen="").status_code == 404


def move(client: Client, account: Account, **fields: Any) -> Response:
    path = reverse("move-to-register", args=[account.examiner_id])
    carried = fields_of(client.get(path))
    return send(client, path, **(carried | {"fields_moved": ["surname"], "reason": WHY} | fields))


def test_a_changed_surname_is_moved_with_a_reason(client: Client, account: Account) -> None:
    assert reverse("move-to-register", args=[account.examiner_id]) in client.get(CHANGES).content.decode()
    page = client.get(reverse("move-to-register", args=[account.examiner_id]))
    assert "Nazwisko: Łukasik → Żak" in words_of(page)
    assert "E-mail: brak → anna@example.org" in words_of(page).replace("Adres e-mail", "E-mail")
    assert 'value="surname" id="id_fields_moved_0" checked' in page.content.decode()
    assert "zmienił też inne dane" in words_of(page)
    assert move(client, account)["Location"] == CHANGES
    words = words_of(client.get(CHANGES))
    assert "Przeniesione do ewidencji" in words
    assert "Nic takiego nie czeka" in words
    assert Examiner.objects.get().surname == "Żak"
    assert FormerValue.objects.get().value == "Łukasik"
    assert reason_of(Event.objects.get(tag=Tag.NAMES_CORRECTED)) == WHY
    assert "Nic takiego nie czeka" in words_of(client.get(f"{PATH}?rodzaj=nazwiska"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Podaj powód"),
        ({"fields_moved": []}, "Wybierz, co przenieść, albo wróć i tylko przyjmij zmianę do wiadomości"),
        ({"fields_moved": ["pesel"]}, "Wybierz spośród tych danych"),
        ({"fields_moved": ["first_names"]}, "Wybierz spośród tych danych"),  # the register has them already
    ],
)
def test_wrong_input_is_told_and_nothing_typed_is_lost(
    client: Client, account: Account, fields: dict[str, object], said: str
) -> None:
    answer = move(client, account, **fields)
    words = words_of(answer)
    assert answer.status_code == 200
    assert said in words or said == "Podaj powód"
    if "reason" not in fields:
        assert WHY in answer.content.decode()
    assert Examiner.objects.get().surname == "Łukasik"


def test_a_name_that_has_no_room_in_the_register_is_told(client: Client) -> None:
    account = make_account(make_examiner())
    change_details(account=account, details=DETAILS | {"first_name": "A" * 60, "middle_names": "B" * 100})
    assert "jest za długie dla ewidencji" in words_of(move(client, account, fields_moved=["first_names"]))


def test_what_has_changed_meanwhile_is_shown_beside_what_was_typed(client: Client, account: Account) -> None:
    path = reverse("move-to-register", args=[account.examiner_id])
    carried = fields_of(client.get(path))
    change_details(account=account, details=DETAILS | {"surname": "Lis", "locality": "Śrem"})
    sent = carried | {"fields_moved": ["surname"], "reason": WHY}
    answer = send(client, path, **sent)
    words = words_of(answer)
    assert "Nazwisko według egzaminatora: było „Żak”, teraz jest „Lis”" in words
    assert "Miejscowość według egzaminatora: było „Gniezno”, teraz jest „Śrem”" in words
    assert WHY in answer.content.decode()
    assert (
        send(client, path, **(fields_of(answer) | {"fields_moved": ["surname"], "reason": WHY}))["Location"] == CHANGES
    )
    assert Examiner.objects.get().surname == "Lis"


def test_nothing_is_moved_from_a_blocked_account(client: Client, account: Account) -> None:
    path = reverse("move-to-register", args=[account.examiner_id])
    carried = fields_of(client.get(path))
    freeze(account)
    assert path not in client.get(CHANGES).content.decode()
    sent = carried | {"fields_moved": ["surname"], "reason": WHY}
    assert send(client, path, **sent)["Location"] == CHANGES
    assert Examiner.objects.get().surname == "Łukasik"


def test_of_a_blocked_account_the_list_says_so(client: Client, account: Account) -> None:
    freeze(account)
    assert "Konto: zablokowane" in words_of(client.get(CHANGES))


def test_an_address_alone_is_not_offered_to_the_register(client: Client) -> None:
    account = make_account(make_examiner())
    change_details(account=account, details=DETAILS | {"street": "Krótka"})
    page = client.get(CHANGES)
    assert "Ulica: Długa → teraz: Krótka" in words_of(page)
    assert "Przenieś do ewidencji" not in words_of(page)


def test_the_owner_reads_that_the_board_took_note(client: Client, account: Account) -> None:
    accept(client, account)
    page = words_of(client.get(reverse("examiner-history", args=[examiner_of(account).pk])))
    assert "Komisja przyjęła do wiadomości zmianę danych: Nazwisko, Miejscowość" in page
