import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from egzaminator.accounts.domain.freezing import freeze_by_staff
from egzaminator.accounts.domain.retention import delete_account
from egzaminator.audit.actor import SYSTEM, Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Examiner, Import
from egzaminator.staff.roles import Role
from tests.helpers.factories import PESELS, make_account, make_claim, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.panel.staff_browser import browser_of
from tests.register.files import ANNA
from tests.register.importing import read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def path_of(examiner: Examiner) -> str:
    return f"/panel/egzaminatorzy/{examiner.id}/historia/"


def test_says_who_did_what_and_why() -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    record_event(tag=Tag.FIRST_LOGIN_ACCEPTED, subject=examiner.id, by=SYSTEM)
    colleague = make_staff(email="ewa@oke.example", name="Ewa Druga")
    freeze_by_staff(account=account, reason="Telefon z sekretariatu", by=Actor(colleague.pk))

    for role in (Role.RECORDS, Role.INSPECTOR):
        staff = browser_of(make_staff(email=f"{role}@oke.example", roles=[role]))
        for path in (path_of(examiner), f"/panel/egzaminatorzy/{examiner.id}/"):
            words = words_of(staff.get(path))
            assert "Komisja zablokowała konto Ewa Druga Powód: Telefon z sekretariatu" in words
            assert "Pierwsze logowanie" in words


def test_what_happened_to_an_account_is_still_there_when_it_is_deleted() -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    colleague = make_staff(email="ewa@oke.example", name="Ewa Druga")
    freeze_by_staff(account=account, reason="Telefon z sekretariatu", by=Actor(colleague.pk))
    delete_account(account=account, reason="struck-off")

    words = words_of(browser_of(make_staff()).get(path_of(examiner)))

    assert "Komisja zablokowała konto Ewa Druga" in words
    with translation.override("pl"):
        assert str(Tag.ACCOUNT_DELETED.label) in words


def test_the_help_desk_reads_what_happened_and_neither_who_nor_why() -> None:
    examiner = make_examiner()
    colleague = make_staff(email="ewa@oke.example", name="Ewa Druga")
    freeze_by_staff(account=make_account(examiner), reason="Telefon z sekretariatu", by=Actor(colleague.pk))

    words = words_of(browser_of(make_staff(roles=[Role.HELP_DESK])).get(path_of(examiner)))

    assert "Komisja zablokowała konto" in words
    assert [one in words for one in ("Ewa Druga", "sekretariatu")] == [False, False]


def test_looks_and_guesses_are_read_on_request() -> None:
    examiner = make_examiner()
    for _ in range(12):
        record_event(tag=Tag.LOGIN_REFUSED, subject=examiner.id, details={"reason": "no-match"})
    record_event(tag=Tag.PESEL_SHOWN, subject=examiner.id, details={"roles": ["ewidencja"]})
    staff = browser_of(make_staff())

    short, whole = (words_of(staff.get(path_of(examiner) + query)) for query in ("", "?all"))

    with translation.override("pl"):
        guess, look = str(Tag.LOGIN_REFUSED.label), str(Tag.EXAMINER_LOOKED_UP.label)
    assert "Pracownik wyświetlił pełny numer PESEL" in short
    assert (short.count(guess), short.count(look)) == (0, 0)
    assert (whole.count(guess), whole.count(look)) == (12, 2)  # each of the two pages is a look


def test_the_form_and_the_account_are_the_same_person_and_another_is_not() -> None:
    examiner, other = make_examiner(), make_examiner(pesel=PESELS[1], numbers=("B-1",))
    make_claim(examiner)
    record_event(tag=Tag.DATA_DOWNLOADED, subject=make_account(other).id)

    words = words_of(browser_of(make_staff()).get(path_of(examiner)))

    assert "Zapisano formularz" in words
    assert "pobrano" not in words.casefold()


def test_pages_by_key_and_takes_as_many_queries_for_any_number() -> None:
    examiner = make_examiner()
    account = make_account(examiner)
    staff = browser_of(make_staff())

    def queries(count: int) -> int:
        for number in range(count):
            colleague = make_staff(email=f"{count}-{number}@oke.example", name="Ewa Druga")
            record_event(tag=Tag.ACCOUNT_UNFROZEN, subject=account.id, by=Actor(colleague.pk), reason="Rozmowa")
        with CaptureQueriesContext(connection) as captured:
            staff.get(path_of(examiner))
        return len(captured)

    queries(2)  # the first look within ten minutes counts more
    assert queries(1) == queries(3)
    for _ in range(60):
        record_event(tag=Tag.LOGGED_OUT, subject=account.id)
    first = staff.get(path_of(examiner)).content.decode()
    after = first.partition("?after=")[2].partition('"')[0]
    assert first.count('class="history__text"') == 50
    assert staff.get(f"{path_of(examiner)}?after={after}").content.decode().count('class="history__text"') == 16


def test_reading_it_is_a_look() -> None:
    examiner = make_examiner()
    browser_of(make_staff()).get(path_of(examiner))
    assert Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP, subject=examiner.id).count() == 1


def test_the_files_that_wrote_the_person_are_named_and_lead_to_the_import() -> None:
    read(ANNA)
    source = Import.objects.get()
    examiner = Examiner.objects.get()
    link = f'href="/panel/import/{source.pk}/"'

    shown = browser_of(make_staff()).get(path_of(examiner))
    assert "Pliki, z których zapisano te dane" in words_of(shown)
    assert "dodano do ewidencji" in words_of(shown)
    assert link in shown.content.decode()
    page = browser_of(make_staff(email="a@oke.example")).get(f"/panel/egzaminatorzy/{examiner.pk}/")
    assert link in page.content.decode()

    without = browser_of(make_staff(email="b@oke.example", roles=[Role.HELP_DESK])).get(path_of(examiner))
    assert "Pliki, z których zapisano te dane" in words_of(without)
    assert link not in without.content.decode()
