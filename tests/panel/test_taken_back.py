"""Whom an undone import took back is found by nobody: each place where people are found, and each URL of a person."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import egzaminator
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.domain.events import record_event
from egzaminator.audit.enums import Refusal, Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.candidates import find_candidates
from egzaminator.panel.domain.examiner_lookup import find_case, find_examiner_for_staff
from egzaminator.panel.domain.exports import people_of
from egzaminator.panel.domain.journal import find_person
from egzaminator.panel.domain.list_keys import refresh_list_keys, standings_of
from egzaminator.panel.domain.list_lookup import list_examiners
from egzaminator.panel.domain.overview import keep_totals
from egzaminator.panel.journal_text import rows_in_words
from egzaminator.records.domain.joining import show_both
from egzaminator.records.errors import NotPossibleNowError
from egzaminator.register.domain.examiners import examiners_called, examiners_numbered, find_examiner
from egzaminator.register.domain.former_values import examiners_formerly_called, taken_back_called
from egzaminator.register.domain.listing import count_listed, matching
from egzaminator.register.domain.selections import examiners_of, select
from egzaminator.register.domain.taking_back import take_back
from egzaminator.register.models import Entry, Examiner, ListKey, ListKeyDue, Scope
from egzaminator.register.terms import Terms
from egzaminator.staff.domain.notes import add_note
from tests.helpers.factories import PESELS, make_examiner, make_staff
from tests.helpers.html import words_of
from tests.helpers.routes import routes, sample_of
from tests.panel.staff_browser import FIND, browser_of, send
from tests.records.editing import OFFICER, correct_email, decided_entry, join

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SURNAME = "Nieznalska"
NUMBER = "N-1"
NAMED = (PESELS[1], "UA-17", NUMBER)
SOURCES = Path(egzaminator.__file__).parent


@pytest.fixture
def member() -> Account:
    return make_staff()


@pytest.fixture
def gone() -> Examiner:
    """Somebody whom everything below found before they were taken back, beside somebody who stays."""
    make_examiner()
    examiner = make_examiner(
        pesel=PESELS[1], numbers=(), surname=SURNAME, identifier="UA-17", identifier_key="ua-17", email="n@example.org"
    )
    decided_entry(examiner, NUMBER)
    refresh_list_keys()
    return examiner


def finders(member: Account) -> dict[str, Callable[[], object]]:
    """Return each way to find somebody, by what it finds them by. Each returns something true if it finds anybody."""
    by = Actor(member.pk)
    everybody = select(terms=Terms(), maker=member.pk)
    found: dict[str, Callable[[], object]] = {
        "list": lambda: [row for row in list_examiners(terms=Terms(), by=by).rows if row.examiner.surname == SURNAME],
        "search": lambda: list_examiners(terms=Terms(search="niezn"), by=by).rows,
        "filter": lambda: matching(terms=Terms(email="unconfirmed")).filter(surname=SURNAME),
        "count": lambda: count_listed(terms=Terms(search="niezn")),
        "selection": lambda: examiners_of(everybody).filter(surname=SURNAME),
        "export": lambda: people_of(selection=None).filter(surname=SURNAME),
        "totals": lambda: keep_totals().examiners > 1,
        "totals of entries": lambda: keep_totals().of_all.people > 1,
        "keys": lambda: ListKey.objects.filter(examiner__surname=SURNAME),
        "standing": lambda: standings_of(Examiner.objects.filter(surname=SURNAME).values_list("id", flat=True)),
        "scope": lambda: Scope.objects.get().entry_count > 1,
    }
    for name in NAMED:
        found |= named_finders(name, by)
    return found


def named_finders(name: str, by: Actor) -> dict[str, Callable[[], object]]:
    return {
        f"search by {name}": lambda: find_examiner_for_staff(asked=name, by=by),
        f"journal by {name}": lambda: find_person(asked=name, by=by),
        f"log-in as {name}": lambda: find_candidates(name=name).examiner,
        name: lambda: find_examiner(name=name) or examiners_called(name=name).first(),
        f"number {name}": lambda: examiners_numbered(number=name).first(),
        f"former {name}": lambda: examiners_formerly_called(name=name).first(),
    }


def who_finds(member: Account) -> set[str]:
    return {name for name, find in finders(member).items() if find()}


def test_nothing_finds_whom_an_import_took_back(gone: Examiner, member: Account) -> None:
    before = who_finds(member)
    assert {"list", "search", "filter", "count", "selection", "export", "totals", "totals of entries"} <= before
    assert {"keys", "standing", "scope", f"search by {NUMBER}", f"number {NUMBER}"} <= before
    assert {f"{kind}{name}" for name in NAMED[:2] for kind in ("", "search by ", "journal by ", "log-in as ")} <= before
    take_back(examiners=[gone], by=OFFICER, reason=None)
    assert who_finds(member) == set()
    assert not ListKeyDue.objects.exists()
    # The inspector alone, by what the person was called.
    assert [list(taken_back_called(name=name)) for name in NAMED] == [[gone], [gone], []]


def test_the_row_is_a_name_and_former_values(gone: Examiner) -> None:
    take_back(examiners=[gone], by=OFFICER, reason=None)
    gone.refresh_from_db()
    assert (gone.name, gone.pesel, gone.identifier, gone.identifier_key, gone.email) == (
        f"Anna Maria {SURNAME}",
        None,
        "",
        None,
        "",
    )
    former = {value.field: value.value for value in gone.former_values.all()}
    assert former == {"pesel": PESELS[1], "identifier": "UA-17", "email": "n@example.org"}
    assert not Entry.objects.filter(examiner=gone).exists()
    # A corrected file may bring the same person, under the same number.
    again = make_examiner(
        pesel=PESELS[1], numbers=(NUMBER,), surname="Znana", identifier="UA-17", identifier_key="ua-17"
    )
    assert find_examiner(name=PESELS[1]) == again


def test_no_url_of_the_panel_shows_them(gone: Examiner, member: Account) -> None:
    other = Examiner.objects.exclude(pk=gone.pk).get()
    add_note(examiner=gone, text="Dzwoniła", member=member, by=Actor(member.pk))
    note = Event.objects.get(tag=Tag.NOTE_ADDED).staff_text
    take_back(examiners=[gone], by=OFFICER, reason=None)
    client = browser_of(member)
    ids = [
        {"examiner_id": gone.pk, "other_id": other.pk, "note_id": note},
        {"examiner_id": other.pk, "other_id": gone.pk, "note_id": note},
    ]
    paths = {
        (pattern.name, sample_of(route, **some))
        for some in ids
        for route, pattern in routes()
        if route.startswith("panel/") and re.search(r":(examiner|other|note)_id>", route)
    }
    about = {(name, path) for name, path in paths if str(gone.pk) in path or str(note) in path}
    assert len(about) >= 22
    answers = {
        (name, answer.status_code)
        for name, path in about
        for answer in (client.get(path), send(client, path, reason="Pomyłka", note="x", asked=PESELS[0]))
    }
    assert {(name, status) for name, status in answers if status not in {404, 405}} == {
        ("examiner", 410),
        ("issue-data", 200),  # what is still held about them is theirs to have
    }
    page = client.get(f"{FIND}{gone.pk}/")
    assert "Nie ma w ewidencji" in words_of(page)
    for path in (f"{FIND}{gone.pk}/", FIND, "/panel/", "/panel/do-sprawdzenia/"):
        assert SURNAME not in client.get(path).content.decode()
    for name in NAMED:
        assert SURNAME not in send(client, FIND, asked=name).content.decode()


def test_nothing_is_written_to_them_any_more(gone: Examiner, member: Account) -> None:
    other = Examiner.objects.exclude(pk=gone.pk).get()
    shown = show_both(other, gone)
    take_back(examiners=[gone], by=OFFICER, reason=None)
    with pytest.raises(NotPossibleNowError):
        correct_email(gone, "x@example.org")
    with pytest.raises(NotPossibleNowError):
        add_note(examiner=gone, text="Dzwoniła", member=member, by=Actor(member.pk))
    with pytest.raises(NotPossibleNowError):
        join(other, gone, shown=shown)


def test_the_case_code_of_their_refused_log_in_leads_to_nobody(gone: Examiner, member: Account) -> None:
    record_event(tag=Tag.LOGIN_REFUSED, subject=gone.id, case_code="ABCD-2345", details={"reason": Refusal.NO_MATCH})
    take_back(examiners=[gone], by=OFFICER, reason=None)
    case = find_case(case_code="ABCD-2345", by=Actor(member.pk))
    assert case is not None
    assert case.examiner is None


def test_the_journal_still_names_them(gone: Examiner) -> None:
    record_event(tag=Tag.EXAMINER_ADDED, subject=gone.id, by=OFFICER)
    take_back(examiners=[gone], by=OFFICER, reason=None)
    assert [row.subject for row in rows_in_words(Event.objects.filter(subject=gone.id))] == [f"Anna Maria {SURNAME}"]


def test_one_place_says_who_is_in_the_register() -> None:
    """Whoever leaves out joined records leaves out those taken back as well."""
    left_out = re.compile(r"joined_into(=None|__isnull=True|_id IS NULL)")
    found = {
        str(path.relative_to(SOURCES)): path.read_text()
        for path in SOURCES.rglob("*.py")
        if left_out.search(path.read_text())
    }
    # Accounts stand in the way of an undoing, so those of joined records are all that it has to leave out.
    del found["accounts/domain/retention.py"]
    assert found.keys() == {"register/models/people.py", "register/domain/listing.py", "panel/domain/list_keys.py"}
    for path, text in found.items():
        assert len(left_out.findall(text)) == len(re.findall(r"taken_back_at(=None| IS NULL)", text)), path
