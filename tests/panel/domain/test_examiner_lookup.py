import datetime
import functools
import uuid
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.board import Board
from egzaminator.core.templatetags.dates import prose_date
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.panel.domain.examiner_lookup import BURST, DAILY, find_examiner_for_staff, hit_lookup_limit
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.models import Examiner
from egzaminator.staff.roles import Role
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, freeze, make_account, make_examiner, make_staff
from tests.helpers.html import token_of, words_of
from tests.helpers.links import mailed_token, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE = "192.0.2.1"
FIND, CASES, REVIEW = "/panel/egzaminatorzy/", "/panel/sprawy/", "/panel/do-sprawdzenia/"


@pytest.fixture
def member() -> Account:
    return make_staff(roles=[Role.HELP_DESK])


@pytest.fixture
def staff(member: Account, browser: Client) -> Client:
    browser.post("/konto/logowanie/", {"name": member.email, "secret": PASSWORD})
    return browser


@pytest.fixture
def examiner() -> Examiner:
    examiner = make_examiner(numbers=("A-1",))
    make_account(examiner)
    return examiner


def look_up_often(member: Account, times: int = BURST.most) -> None:
    for _ in range(times):
        hit_lookup_limit(by=Actor(member.id, HERE), whom=str(uuid.uuid4()))


def make_people(count: int) -> list[Examiner]:
    return [
        make_examiner(pesel=None, identifier=f"K{number}", identifier_key=f"k{number}", numbers=(f"N-{number}",))
        for number in range(count)
    ]


@pytest.fixture
def still() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("still")
def test_past_the_limit_no_way_shows_anybody_and_the_page_says_what_to_do(
    staff: Client, member: Account, examiner: Examiner
) -> None:
    token = token_of(staff, FIND)
    look_up_often(member)
    page = f"{FIND}{examiner.id}/"
    answers = [
        staff.post(FIND, {"csrfmiddlewaretoken": token, "asked": "A-1"}),
        staff.post(FIND, {"csrfmiddlewaretoken": token, "asked": "B-2"}),
        staff.post(CASES, {"csrfmiddlewaretoken": token, "case_code": "AAAA-AAAA"}),
        staff.get(page),
        staff.head(page),
        # Actions count as views too: sent empty, they would show the page again.
        *(
            staff.post(f"{page}{act}/", {"csrfmiddlewaretoken": token} | fields)
            for act in ("zablokuj", "odblokuj", "drugi-skladnik")
            for fields in ({}, {"freeze-reason": "Telefon", "reason": "Telefon", "second-factor-reason": "Telefon"})
        ),
    ]
    assert {answer.status_code for answer in answers} == {429}
    assert {answer["Retry-After"] for answer in answers} == {"600"}
    words = words_of(answers[0])
    # In whole minutes, rounded up, so that nobody comes back too early.
    with override("pl"):
        open_at = prose_date(timezone.now() + datetime.timedelta(minutes=11))
    assert f"Wyszukiwanie znów będzie możliwe: {open_at}" in words
    assert "zawiadom administratora" in words
    assert "Łukasik" not in "".join(words_of(answer) for answer in answers if answer.content)
    account = Account.objects.get(examiner=examiner)
    assert account.is_active
    assert not Event.objects.filter(tag__in=[Tag.EXAMINER_LOOKED_UP, Tag.CASE_LOOKED_UP]).exists()
    capped = Event.objects.filter(tag=Tag.LOOKUPS_CAPPED).values_list("actor", "subject")
    assert list(capped) == [(member.id, member.id)] * len(answers)


def test_what_is_urgent_is_done_for_whoever_was_looked_at_already(
    staff: Client, member: Account, examiner: Examiner
) -> None:
    token = token_of(staff, FIND)
    page = f"{FIND}{examiner.id}/"
    assert staff.get(page).status_code == 200
    look_up_often(member, BURST.most - 1)
    answer = staff.post(f"{page}zablokuj/", {"csrfmiddlewaretoken": token, "freeze-reason": "Telefon"}, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(page, 302)])
    assert Account.objects.get(examiner=examiner).is_active is False
    assert [staff.get(path).status_code for path in (CASES, "/panel/moje-konto/")] == [200, 200]


def test_one_look_at_one_person_counts_once_however_they_are_reached(staff: Client, member: Account) -> None:
    token = {"csrfmiddlewaretoken": token_of(staff, FIND)}
    people = make_people(BURST.most + 1)
    for number, person in enumerate(people[: BURST.most]):
        found = staff.post(FIND, token | {"asked": f"N-{number}"})["Location"]
        assert found == f"{FIND}{person.id}/"
        assert [staff.get(found).status_code for _ in range(2)] == [200, 200]
    assert staff.post(FIND, token | {"asked": f"N-{BURST.most}"}).status_code == 429
    # A refused view does not count as a view of that person.
    assert staff.get(f"{FIND}{people[-1].id}/").status_code == 429
    assert staff.post(FIND, token | {"asked": "N-0"}).status_code == 302


def test_a_search_in_vain_counts_by_what_was_asked(staff: Client, member: Account) -> None:
    token = {"csrfmiddlewaretoken": token_of(staff, FIND)}
    look_up_often(member, BURST.most - 1)
    asked = ["B-2", "b-2", "B-3"]
    assert [staff.post(FIND, token | {"asked": one}).status_code for one in asked] == [200, 200, 429]


def test_a_page_of_the_blocked_counts_once_and_names_nobody_past_the_limit(
    staff: Client, member: Account, examiner: Examiner
) -> None:
    freeze(Account.objects.get(examiner=examiner))
    look_up_often(member, BURST.most - 1)
    assert ["Łukasik" in words_of(staff.get(REVIEW)) for _ in range(2)] == [True, True]
    later = f"{REVIEW}?after={uuid.uuid4()}"
    answers = [staff.get(later), staff.get(later)]
    assert [(answer.status_code, "Łukasik" in words_of(answer)) for answer in answers] == [(429, False)] * 2


def test_begins_anew_after_ten_minutes_but_not_on_the_same_day_for_ever(member: Account) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 22, 8, tzinfo=datetime.UTC), tick=False) as clock:
        for _ in range(DAILY.most // BURST.most):
            look_up_often(member)
            clock.shift(BURST.period)
        look_up_often(member, DAILY.most % BURST.most)
        clock.shift(BURST.period)
        with pytest.raises(LimitReachedError) as caught:
            look_up_often(member, 1)
        assert caught.value.limit == DAILY.name
        clock.shift(datetime.timedelta(seconds=caught.value.seconds))
        look_up_often(member, 1)


def test_a_colleague_is_not_kept_waiting(member: Account, examiner: Examiner) -> None:
    colleague = make_staff(email="ewa@oke.example", roles=[Role.HELP_DESK])
    look_up_often(member)
    assert find_examiner_for_staff(asked="A-1", by=Actor(colleague.id, HERE)) == examiner


def test_who_the_account_belongs_to_hears_of_it_once_a_day_and_can_freeze_it(member: Account) -> None:
    look_up_often(member)
    for _ in range(3):
        with pytest.raises(LimitReachedError):
            look_up_often(member, 1)
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS, email=member.email).count() == 1
    freeze_by_link(token=mailed_token(EmailKind.SECURITY_NEWS, member.email))
    member.refresh_from_db()
    assert not member.is_active


def test_who_keeps_the_register_may_look_up_more_as_the_settings_say(settings: Settings) -> None:
    settings.RECORDS_LOOKUPS_BURST = 70
    keeper = make_staff(email="ewa@oke.example", roles=[Role.RECORDS])
    look_up_often(keeper, 70)
    with pytest.raises(LimitReachedError) as caught:
        look_up_often(keeper, 1)
    assert caught.value.limit == BURST.name


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.INSPECTOR])
def test_everybody_else_has_the_limit_of_the_help_desk(role: Role) -> None:
    member = make_staff(roles=[role])
    look_up_often(member)
    with pytest.raises(LimitReachedError):
        look_up_often(member, 1)


def told_of_many() -> list[str]:
    return sorted(Email.objects.filter(kind=EmailKind.MANY_LOOKUPS).values_list("email", flat=True))


def test_past_half_of_the_limit_the_inspectors_are_told_once(member: Account) -> None:
    make_staff(email="iod@oke.example", roles=[Role.INSPECTOR])
    make_staff(email="iod2@oke.example", roles=[Role.INSPECTOR])
    freeze(make_staff(email="byly@oke.example", roles=[Role.INSPECTOR]))
    look_up_often(member, BURST.most // 2)
    assert told_of_many() == []
    look_up_often(member, 2)
    assert told_of_many() == ["iod2@oke.example", "iod@oke.example"]
    assert "Jan Nowak" in text_of(Email.objects.filter(kind=EmailKind.MANY_LOOKUPS)[0])


def test_without_an_inspector_the_boards_mailbox_is_told(member: Account) -> None:
    look_up_often(member, BURST.most // 2 + 1)
    assert told_of_many() == [Board().email]


def test_half_of_a_day_counts_as_well(member: Account) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 22, 8, tzinfo=datetime.UTC), tick=False) as clock:
        for _ in range(DAILY.most // 2 // 25):
            look_up_often(member, 25)
            clock.shift(BURST.period)
        assert told_of_many() == []
        look_up_often(member, 1)
        assert told_of_many() == [Board().email]


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_however_many_look_at_once(member: Account) -> None:
    people = make_people(4)
    look_up_often(member, BURST.most - 3)
    # Four people, twice each. The limit leaves room for three.
    results = at_once(
        *[
            functools.partial(find_examiner_for_staff, asked=f"N-{number}", by=Actor(member.id, HERE))
            for number in range(4)
            for _ in range(2)
        ]
    )
    found = [result for result in results if isinstance(result, Examiner)]
    assert len({person.id for person in found}) == 3
    assert len(found) == 6
    assert sum(isinstance(result, LimitReachedError) for result in results) == 2
    assert Event.objects.filter(tag=Tag.EXAMINER_LOOKED_UP, actor=member.id).count() == 6
    assert {person.id for person in people} >= {person.id for person in found}
    assert Email.objects.filter(kind=EmailKind.SECURITY_NEWS).count() == 1
