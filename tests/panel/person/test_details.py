import pytest

from egzaminator.accounts.domain.accounts import change_details
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.factories import DETAILS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def page_of(examiner: Examiner, *roles: Role) -> str:
    return words_of(browser_of(make_staff(roles=roles)).get(f"/panel/egzaminatorzy/{examiner.id}/"))


@pytest.mark.parametrize("role", [Role.RECORDS, Role.INSPECTOR])
def test_all_that_the_account_holds_under_the_labels_of_the_form(role: Role) -> None:
    examiner = make_examiner(email="anna@example.org")
    make_account(examiner)

    words = page_of(examiner, role)

    for one in ("Dane osobowe", "Adres zamieszkania", "Dane o zatrudnieniu", "Miejsce urodzenia Śrem", "Ulica Długa"):
        assert one in words
    for one in ("61 854 01 60", "Szkoła Podstawowa nr 1", "biologia", "anna@example.org"):
        assert one in words
    assert "w ewidencji:" not in words


def test_the_help_desk_sees_what_it_needs_to_reach_the_person() -> None:
    examiner = make_examiner()
    make_account(examiner)

    words = page_of(examiner, Role.HELP_DESK)

    assert "Adres e-mail i telefon" in words
    assert [one in words for one in ("61 854 01 60", "anna@example.org")] == [True, True]
    assert [one in words for one in ("Śrem", "Długa", "Szkoła Podstawowa", "Przedmioty")] == [False] * 4


def test_what_differs_from_the_register_is_said_in_words() -> None:
    examiner = make_examiner(surname="Nowak", first_names="Anna", email="stara@example.org")
    make_account(examiner)

    words = page_of(examiner, Role.RECORDS)

    assert "Nazwisko Łukasik w ewidencji: Nowak" in words
    assert "Imię Anna w ewidencji: Anna" in words  # the second name is missing there
    assert "Adres e-mail anna@example.org w ewidencji: stara@example.org" in words


def test_capitals_and_accents_are_no_difference() -> None:
    examiner = make_examiner(surname="ŁUKASIK", first_names="ANNA MARIA", email="ANNA@example.org")
    make_account(examiner)

    assert "w ewidencji:" not in page_of(examiner, Role.RECORDS)


def test_what_was_changed_says_when() -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    assert "zmiana:" not in page_of(examiner, Role.RECORDS)
    change_details(account=account, details=DETAILS | {"street": "Krótka"}, ip=None)

    words = words_of(browser_of(make_staff(email="ewa@oke.example")).get(f"/panel/egzaminatorzy/{examiner.id}/"))

    at = account.profile_changes.get().at
    assert f"Ulica Krótka zmiana: {at.astimezone():%Y}" in words
    assert words.count("zmiana:") == 1


def test_before_the_activation_the_saved_forms_are_shown_as_not_confirmed() -> None:
    examiner = make_examiner()
    assert "Dane podane przez egzaminatora" not in page_of(examiner, Role.RECORDS)
    make_claim(examiner)

    words = words_of(browser_of(make_staff(email="ewa@oke.example")).get(f"/panel/egzaminatorzy/{examiner.id}/"))

    assert "Nie wiadomo jeszcze na pewno, że wypełniła go ta osoba." in words
    assert "Miejsce urodzenia Śrem" in words


def test_a_damaged_form_does_not_hide_the_person() -> None:
    examiner = make_examiner()
    Claim.objects.filter(pk=make_claim(examiner).pk).update(details_encrypted=b"x" * 40)

    answer = browser_of(make_staff()).get(f"/panel/egzaminatorzy/{examiner.id}/")

    assert answer.status_code == 200
    assert "Nie da się ich odczytać" in words_of(answer)
