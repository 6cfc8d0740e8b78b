"""The screens by which administrators keep the staff, as a browser meets them."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.models import Account
from egzaminator.core.form_marks import make_mark
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.staff.domain.membership import roles_of
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import PASSWORD, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, token_of, words_of
from tests.helpers.links import mailed_token
from tests.helpers.mfa import give_totp
from tests.panel.staff_browser import REVIEW, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STAFF, INVITE = "/panel/pracownicy/", "/panel/pracownicy/zapros/"


@pytest.fixture
def boss() -> Account:
    return make_staff(email="szef@oke.example", name="Ewa Szefowa", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def browser_of_boss(boss: Account) -> Client:
    return browser_of(boss)


@pytest.fixture
def clerk() -> Account:
    return make_staff(roles=[Role.HELP_DESK])


def send(client: Client, path: str, **fields: object) -> Response:
    return client.post(path, fields | {"csrfmiddlewaretoken": token_of(client, INVITE)}, follow=True)


def test_the_list_names_everybody_with_role_factor_and_state(browser_of_boss: Client, clerk: Account) -> None:
    give_totp(clerk)
    words = words_of(browser_of_boss.get(STAFF))
    assert "Ewa Szefowa Administrator brak" in words
    assert "Jan Nowak Pomoc ustawiony – aktywne" in words


def test_the_list_takes_as_many_queries_for_many(
    browser_of_boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser_of_boss.get(STAFF)
    with CaptureQueriesContext(connection) as queries:
        browser_of_boss.get(STAFF)
    for number in range(3):
        make_staff(email=f"n{number}@oke.example")
    with django_assert_num_queries(len(queries)):
        browser_of_boss.get(STAFF)


def test_who_is_invited_sets_a_password_and_has_the_roles(browser_of_boss: Client, boss: Account) -> None:
    sent = {"name": "Iga Nowa", "email": "iga@oke.example", "roles": ["pomoc", "redakcja"]}
    page = send(browser_of_boss, INVITE, **sent)
    assert "Zaproszenie zostało wysłane." in words_of(page)
    assert "zaproszenie wysłane" in words_of(page)
    account = reset_password(token=mailed_token(EmailKind.STAFF_INVITATION, "iga@oke.example"), password=PASSWORD)
    assert (roles_of(account), account.invited_by) == ([Role.HELP_DESK, Role.EDITOR], boss)


def test_an_address_in_use_and_no_role_are_said_in_words(browser_of_boss: Client, clerk: Account) -> None:
    page = send(browser_of_boss, INVITE, name="Iga", email=clerk.email.upper(), roles=["pomoc"])
    assert "Ten adres e-mail ma już inny pracownik" in words_of(page)
    assert fields_of(page)["name"] == "Iga"
    page = send(browser_of_boss, INVITE, name="Iga", email="iga@oke.example")
    assert "Wybierz co najmniej jedną rolę" in words_of(page)
    page = send(browser_of_boss, INVITE, name="Iga", email="iga@oke.example", roles=["szef"])
    assert "Wybierz spośród tych ról" in words_of(page)
    assert Account.objects.count() == 2


def test_an_administrator_renames_changes_roles_and_ends(browser_of_boss: Client, clerk: Account) -> None:
    page = f"{STAFF}{clerk.id}/"
    assert "Imię i nazwisko są zmienione" in words_of(
        send(browser_of_boss, f"{page}nazwisko/", **{"rename-name": "Jan Kowalski"})
    )
    assert "Role są zmienione" in words_of(send(browser_of_boss, f"{page}role/", **{"roles-roles": ["redakcja"]}))
    assert "Nowy adres trzeba jeszcze potwierdzić" in words_of(
        send(browser_of_boss, f"{page}adres/", **{"email-email": "kowalski@oke.example"})
    )
    assert "Konto jest zakończone" in words_of(send(browser_of_boss, f"{page}zakoncz/"))
    clerk.refresh_from_db()
    assert (clerk.name, clerk.state) == ("Jan Kowalski", "closed")
    words = words_of(browser_of_boss.get(page))
    assert "zakończone" in words
    assert "Zakończ konto" not in words


def test_the_last_administrator_reads_why_they_stay(browser_of_boss: Client, boss: Account) -> None:
    page = f"{STAFF}{boss.id}/"
    assert "To ostatni administrator." in words_of(send(browser_of_boss, f"{page}zakoncz/"))
    assert "To ostatni administrator." in words_of(send(browser_of_boss, f"{page}role/", **{"roles-roles": ["pomoc"]}))
    boss.refresh_from_db()
    assert (boss.state, roles_of(boss)) == ("active", [Role.ADMINISTRATOR])


def test_a_lost_factor_is_asked_by_one_administrator_and_confirmed_by_another(
    browser_of_boss: Client, clerk: Account
) -> None:
    give_totp(clerk)
    page = f"{STAFF}{clerk.id}/"
    asked = send(browser_of_boss, f"{page}drugi-skladnik/", **{"member-factor-reason": "Zgubiony telefon"})
    assert "Czeka na potwierdzenie przez innego administratora" in words_of(asked)
    act = Act.objects.get()
    confirm = f"/panel/dwie-osoby/{act.id}/potwierdz/"
    assert "Nie możesz o tym rozstrzygnąć" in words_of(send(browser_of_boss, confirm))
    second = browser_of(make_staff(email="drugi@oke.example", name="Iga Druga", roles=[Role.ADMINISTRATOR]))
    assert "usunięcie drugiego składnika" in words_of(second.get(REVIEW))
    assert second.get(f"/panel/dwie-osoby/{act.id}/")["Location"] == page
    assert "Potwierdź i wykonaj" in words_of(second.get(page))
    assert send(second, confirm).redirect_chain == [(page, 302)]
    assert not Authenticator.objects.filter(user=clerk).exists()


def test_an_expired_invitation_is_sent_again_from_the_page(browser_of_boss: Client) -> None:
    send(browser_of_boss, INVITE, name="Iga", email="iga@oke.example", roles=["pomoc"])
    guest = Account.objects.get(email="iga@oke.example")
    again = send(browser_of_boss, f"{STAFF}{guest.id}/zaproszenie/")
    assert "Zaproszenie zostało wysłane ponownie" in words_of(again)
    assert Email.objects.filter(kind=EmailKind.STAFF_INVITATION).count() == 2


def test_a_form_opened_for_one_administrator_acts_for_no_other(boss: Account, clerk: Account) -> None:
    other = browser_of(make_staff(email="drugi@oke.example", roles=[Role.ADMINISTRATOR]))
    path = f"{STAFF}{clerk.id}/zakoncz/"
    mark = make_mark(boss.pk, "end-member", clerk.pk)
    answer = other.post(path, {"csrfmiddlewaretoken": token_of(other, INVITE), "whose": mark})
    assert answer["Location"] == STAFF
    clerk.refresh_from_db()
    assert clerk.is_active


def test_the_page_of_an_examiner_is_not_among_them(browser_of_boss: Client) -> None:
    account = make_account(make_examiner())
    assert browser_of_boss.get(f"{STAFF}{account.id}/").status_code == 404
    assert send(browser_of_boss, f"{STAFF}{account.id}/zakoncz/").status_code == 404
    account.refresh_from_db()
    assert account.is_active


def test_whoever_sits_down_at_the_desk_later_ends_nobody(browser_of_boss: Client, clerk: Account) -> None:
    token = token_of(browser_of_boss, INVITE)
    session = browser_of_boss.session
    for record in session["account_authentication_methods"]:
        record["at"] = timezone.now().timestamp() - 2 * 60 * 60
    session.save()
    for path in ("zakoncz/", "role/", "nazwisko/", "adres/", "drugi-skladnik/", "zaproszenie/"):
        answer = browser_of_boss.post(f"{STAFF}{clerk.id}/{path}", {"csrfmiddlewaretoken": token})
        assert answer["Location"].startswith("/konto/potwierdzenie/"), path
    clerk.refresh_from_db()
    assert clerk.is_active
