"""The list of what waits: for whom, in what order, page by page."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from egzaminator.accounts.domain.accounts import change_details
from egzaminator.accounts.domain.returned_mail import take_report
from egzaminator.accounts.enums import ActKind, Voivodeship
from egzaminator.accounts.models import Account, Profile
from egzaminator.audit.domain.events import record_undecryptable
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.cms.models import BoardSettings
from egzaminator.mail.models import EmailHold
from egzaminator.onboarding.domain.claims import close_claims
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.panel.review import registry
from egzaminator.panel.review.kind import ReviewKind
from egzaminator.panel.review.registry import KINDS, count_waiting, number_text
from egzaminator.register.models import Examiner, Scope
from egzaminator.staff.models import Act
from egzaminator.staff.roles import Role
from tests.helpers.factories import (
    DETAILS,
    examiner_of,
    freeze,
    make_account,
    make_claim,
    make_examiner,
    make_staff,
)
from tests.helpers.html import words_of
from tests.helpers.reports import hand_over, report
from tests.panel.staff_browser import browser_of

pytestmark = pytest.mark.django_db
PATH = "/panel/do-sprawdzenia/"
_ITEM = re.compile(r'class="review-item">(.*?)</li>\s*(?=<li class="review|</ul>\s*</section)', re.DOTALL)
HEADING = re.compile(r"<h2 id=\"([^\"]+)\">")
NOT_ME, STOPPED, ACTS, CHANGES, SURNAMES, FORMS, RESIDENCES, RETURNED, VALUES, SCOPES = (kind.slug for kind in KINDS)


class World:
    """Somebody of each kind, made several times over."""

    def __init__(self) -> None:
        self.made = 0
        board = BoardSettings.load()
        board.voivodeships = [Voivodeship.WIELKOPOLSKIE]
        board.save()

    def examiner(self, **fields: Any) -> Examiner:
        self.made += 1
        identifier = f"osoba-{self.made}"
        return make_examiner(
            pesel=None, numbers=(f"N/{self.made}",), identifier=identifier, identifier_key=identifier, **fields
        )

    def account(self, **details: str) -> Account:
        account = make_account(self.examiner(), email=f"e{self.made}@example.org")
        if details:
            change_details(account=account, details=DETAILS | details)
        return account

    def make(self, times: int = 1) -> None:
        for _ in range(times):
            freeze(self.account())
            close_claims(claim_ids=[make_claim(self.examiner()).pk], outcome=ClaimOutcome.STOPPED)
            Act.objects.create(kind=ActKind.GIVE_BACK, account=self.account())
            self.account(locality="Gniezno", phone="+48600100200")
            make_account(self.examiner(surname="Żak"), email=f"z{self.made}@example.org")
            make_claim(self.examiner(surname="Lis"))
            Profile.objects.filter(account=self.account()).update(voivodeship="02", locality="Wrocław")
            EmailHold.objects.create(email=self.account().email)
            record_undecryptable(context=f"miejsce.{self.made}:7")
            Scope.objects.create(code=f"NOWY{self.made}", name="nowy")


@pytest.fixture
def world() -> World:
    return World()


def headings(client: Client, query: str = "") -> list[str]:
    return HEADING.findall(client.get(PATH + query).content.decode())


def buttons(client: Client, query: str = "") -> list[str]:
    found = re.findall(
        r'action="/panel/do-sprawdzenia/([^/"]+)/[^"]+/przyjmij/"', client.get(PATH + query).content.decode()
    )
    return list(dict.fromkeys(found))


ADMINISTRATORS = [ACTS]
HELPERS = [NOT_ME, STOPPED, ACTS]
EVERYTHING = [kind.slug for kind in KINDS]


@pytest.mark.parametrize(
    ("role", "seen", "accepted"),
    [
        (Role.RECORDS, EVERYTHING, [NOT_ME, STOPPED, CHANGES, SURNAMES, FORMS, RESIDENCES, VALUES]),
        (Role.HELP_DESK, HELPERS, [NOT_ME, STOPPED]),
        (Role.INSPECTOR, EVERYTHING, []),
        (Role.ADMINISTRATOR, ADMINISTRATORS, []),
    ],
)
def test_each_role_sees_its_kinds_and_the_buttons_that_it_may_press(
    world: World, role: Role, seen: list[str], accepted: list[str]
) -> None:
    world.make()
    Act.objects.create(kind=ActKind.RESET_SECOND_FACTOR, account=make_staff(email="ewa@oke.example", name="Ewa"))
    client = browser_of(make_staff(roles=[role]))
    assert headings(client) == seen
    assert buttons(client) == accepted
    assert ("Przenieś do ewidencji" in words_of(client.get(PATH))) == (role == Role.RECORDS)


def test_a_filter_shows_one_kind_and_what_there_is_not_shows_all(world: World) -> None:
    world.make()
    client = browser_of(make_staff())
    for slug in EVERYTHING:
        assert headings(client, f"?rodzaj={slug}") == [slug]
    assert headings(client, "?rodzaj=nonsens") == EVERYTHING
    assert (
        f'<option value="{CHANGES}" selected>Zmiany danych (1)</option>'
        in client.get(f"{PATH}?rodzaj={CHANGES}").content.decode()
    )
    helper = browser_of(make_staff(email="pomoc@oke.example", roles=[Role.HELP_DESK]))
    assert headings(helper, f"?rodzaj={CHANGES}") == HELPERS  # not theirs: as if there were no such kind


def test_says_what_changed_from_what_to_what(world: World) -> None:
    account = world.account(locality="Gniezno", phone="+48600100200")
    words = words_of(browser_of(make_staff()).get(PATH))
    assert "Łukasik Anna Maria" in words
    assert "Miejscowość: Poznań → teraz: Gniezno" in words
    assert "Telefon: 61 854 01 60 → teraz: 600 100 200" in words
    assert str(account.pk) not in words


def test_whom_the_page_names_is_recorded_and_reads_it(world: World) -> None:
    account = world.account(locality="Gniezno")
    client = browser_of(make_staff())
    client.get(PATH)
    event = Event.objects.get(tag=Tag.EXAMINERS_LISTED)
    assert event.details["examiners"] == [str(examiner_of(account).pk)]
    Profile.objects.update(changed_since=None)
    account.profile_changes.all().delete()
    client.get(PATH)
    assert Event.objects.filter(tag=Tag.EXAMINERS_LISTED).count() == 1  # nobody was named


def test_pages_hold_everything_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make(3)
    client = browser_of(make_staff())
    whole = re.findall(r'class="review-item"', client.get(PATH).content.decode())
    monkeypatch.setattr(registry, "PAGE_SIZE", 4)
    for query, expected in (("", len(whole)), (f"?rodzaj={RESIDENCES}", 3), (f"?rodzaj={NOT_ME}", 3)):
        path, items, pages = PATH + query, [], 0
        while path:
            html = client.get(path).content.decode()
            items += re.findall(
                r'class="review-item">(.*?)</li>\s*(?=<li class="review|</ul>\s*</section)', html, re.DOTALL
            )
            following = re.search(r'rel="next" href="([^"]+)"', html)
            path = PATH + following[1].replace("&amp;", "&") if following else ""
            pages += 1
        assert len(items) == expected
        assert len({re.sub(r'value="[^"]*"', "", item) for item in items}) == expected
        assert pages == -(-expected // 4)


@pytest.mark.parametrize(
    "after",
    ["x", "zakresy", "zakresy.", "zakresy.0", "zakresy." + "9" * 40, "zmiany-danych.17", ".", "%00"],
)
def test_a_cursor_that_names_nothing_is_a_beginning(world: World, after: str) -> None:
    world.make()
    answer = browser_of(make_staff()).get(PATH, {"after": after})
    assert answer.status_code == 200
    assert "Zakresy bez rodzaju egzaminu" in words_of(answer)


def test_the_numbers_of_queries_do_not_grow(world: World) -> None:
    client = browser_of(make_staff())
    counts = []
    for times in (1, 2):
        world.make(times)
        client.get(PATH)
        with CaptureQueriesContext(connection) as queries:
            client.get(PATH)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_counting_is_one_query_and_stops(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make(3)
    registry.review_page(kinds=KINDS, member=make_staff())
    with CaptureQueriesContext(connection) as queries:
        counts = count_waiting(kinds=KINDS, member=None)
    assert len(queries) == 1
    assert counts.by_kind == dict.fromkeys(EVERYTHING, 3) | {SURNAMES: 0}  # they are compared a moment later
    monkeypatch.setattr(registry, "COUNTED_TO", 1)
    assert set(count_waiting(kinds=KINDS, member=None).by_kind.values()) == {0, 2}
    assert [number_text(0), number_text(1), number_text(2)] == ["0", "1", "ponad 1 000"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_each_part_reads_an_index_that_holds_what_waits(world: World, kind: ReviewKind[Any]) -> None:
    """Of scopes there are hundreds; everything else may be a million."""
    if kind.slug == SCOPES:
        return
    world.make()
    indexes = "accounts_not_me|onboarding_claim_review|accounts_changed|accounts_surname_differs|accounts_residence"
    indexes += "|audit_undecryptable_waits|staff_act|mail_hold_since"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        # The few rows fill one page: by these figures it holds a million, whatever was analysed meanwhile.
        cursor.execute(
            "UPDATE pg_class SET relpages = 1, reltuples = 1000000"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for part in kind.waiting(None):
            sql, values = part.order_by(kind.order, "pk")[:51].query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert re.search(indexes, plan), plan


def test_without_chosen_voivodeships_nobody_lives_elsewhere(world: World) -> None:
    world.make()
    board = BoardSettings.load()
    board.voivodeships = []
    board.save()
    assert RESIDENCES not in headings(browser_of(make_staff()))


def test_abroad_is_outside_and_the_boards_own_are_not(world: World) -> None:
    world.account()
    world.account(country="DE", voivodeship="", locality="Berlin")
    words = words_of(browser_of(make_staff()).get(f"{PATH}?rodzaj={RESIDENCES}"))
    assert "Adres spoza województw komisji (1)" in words
    assert "Berlin, Niemcy" in words


@pytest.mark.parametrize("slug", [CHANGES, SURNAMES, RESIDENCES])
def test_nothing_waits_about_a_closed_account(world: World, slug: str) -> None:
    account = world.account(surname="Żak", voivodeship="02")
    client = browser_of(make_staff())
    assert headings(client, f"?rodzaj={slug}") == [slug]
    Account.objects.filter(pk=account.pk).update(
        state="closed", is_active=False, barred_by="death", barred_at="2026-01-01T00:00Z"
    )
    assert headings(client, f"?rodzaj={slug}") == []


def test_whose_address_e_mails_come_back_from(world: World) -> None:
    account = world.account()
    take_report(report(hand_over(account.email)))
    client = browser_of(make_staff())

    words = words_of(client.get(f"{PATH}?rodzaj={RETURNED}"))

    assert "Wracające e-maile (1)" in words
    assert "Łukasik Anna Maria" in words
    assert account.email in words
    assert "wrócił: nie ma takiej skrzynki" in words
    assert "550 5.1.1 No such user" in words
    assert str(examiner_of(account).pk) in str(Event.objects.get(tag=Tag.EXAMINERS_LISTED).details)
    Account.objects.update(email="inny@example.org")
    assert "Nikt nie ma już tego adresu" in words_of(client.get(f"{PATH}?rodzaj={RETURNED}"))
