import pytest
from django.test import Client

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import Scope
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SCOPES, NEW = "/panel/zakresy/", "/panel/zakresy/nowy/"


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff(roles=[Role.RECORDS]))


@pytest.fixture
def scope() -> Scope:
    return Scope.objects.create(code="MBI", name="biologia", exam_kind="matura")


def page_of(scope: Scope) -> str:
    return f"/panel/zakresy/{scope.pk}/"


def test_lists_code_name_kind_and_number_of_entries(staff: Client, scope: Scope) -> None:
    make_examiner(numbers=("A-1", "A-2"))
    Scope.objects.create(code="STA", name="stary", exam_kind="other", is_retired=True)

    words = words_of(staff.get(SCOPES))

    assert "MBI biologia egzamin maturalny 2" in words
    assert "STA stary wycofany inny egzamin 0" in words
    assert "bez rodzaju egzaminu" not in words


def test_those_that_came_in_a_file_are_counted_and_found_until_they_have_a_kind(staff: Client, scope: Scope) -> None:
    new = Scope.objects.create(code="XYZ", name="XYZ")
    words = words_of(staff.get(SCOPES))
    assert "Zakresy bez rodzaju egzaminu" in words
    assert "Pokaż 1 zakres" in words
    found = words_of(staff.get(f"{SCOPES}?kind=without"))
    assert ("XYZ" in found, "MBI" in found) == (True, False)

    form = fields_of(staff.get(page_of(new)))
    send(staff, page_of(new), name="XYZ", exam_kind="vocational", seen=form["seen"])

    assert "Zakresy bez rodzaju egzaminu" not in words_of(staff.get(SCOPES))
    event = Event.objects.get(tag=Tag.SCOPE_CHANGED)
    assert (event.details, event.subject) == ({"code": "XYZ", "fields": ["exam_kind"]}, None)


@pytest.mark.parametrize(("kind", "found"), [("matura", ["MBI"]), ("retired", ["STA"]), ("", ["MBI", "STA"])])
def test_filters(staff: Client, scope: Scope, kind: str, found: list[str]) -> None:
    Scope.objects.create(code="STA", name="stary", exam_kind="other", is_retired=True)

    html = staff.get(f"{SCOPES}?kind={kind}").content.decode()

    assert [code for code in ("MBI", "STA") if f">{code}</a>" in html] == found


@pytest.mark.parametrize("query", ["?kind=nonsense", "?after=nonsense", "?after=999999"])
def test_a_nonsensical_address_is_the_beginning(staff: Client, scope: Scope, query: str) -> None:
    assert ">MBI</a>" in staff.get(SCOPES + query).content.decode()


def test_pages_by_key(staff: Client) -> None:
    Scope.objects.bulk_create(Scope(code=f"K{number:03}", exam_kind="other") for number in range(101))
    first = staff.get(SCOPES).content.decode()
    after = first.partition("?after=")[2].partition('"')[0]
    assert (">K099</a>" in first, ">K100</a>" in first) == (True, False)
    second = staff.get(f"{SCOPES}?after={after}").content.decode()
    assert (">K099</a>" in second, ">K100</a>" in second) == (False, True)


def test_adds_one(staff: Client) -> None:
    assert send(staff, NEW, code="INF.03", name="strony internetowe", exam_kind="vocational")["Location"] == SCOPES

    scope = Scope.objects.get()
    assert (scope.code, scope.name, scope.exam_kind, scope.is_retired) == (
        "INF.03",
        "strony internetowe",
        "vocational",
        False,
    )
    assert Event.objects.get(tag=Tag.SCOPE_ADDED).details == {"code": "INF.03"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "mbi"}, "code"),  # capitals make no other code
        ({"code": ""}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"name": ""}, "name"),
        ({"exam_kind": "nonsense"}, "exam_kind"),
    ],
)
def test_refuses_what_is_no_scope_and_loses_nothing(
    staff: Client, scope: Scope, typed: dict[str, str], field: str
) -> None:
    sent = {"code": "NOW", "name": "nowy", "exam_kind": "other"} | typed

    answer = send(staff, NEW, **sent)

    assert f'id="id_{field}_error"' in answer.content.decode()
    kept = fields_of(answer)
    assert (kept["code"], kept["name"]) == (sent["code"], sent["name"])
    assert Scope.objects.get() == scope


def test_retires_one_and_takes_it_back(staff: Client, scope: Scope) -> None:
    form = fields_of(staff.get(page_of(scope)))
    send(staff, page_of(scope), name="biologia", exam_kind="matura", is_retired="on", seen=form["seen"])
    assert Scope.objects.get().is_retired
    form = fields_of(staff.get(page_of(scope)))
    send(staff, page_of(scope), name="biologia", exam_kind="matura", seen=form["seen"])
    assert not Scope.objects.get().is_retired
    assert [event.details["fields"] for event in Event.objects.filter(tag=Tag.SCOPE_CHANGED)] == [["is_retired"]] * 2


def test_the_second_of_two_editors_is_shown_what_the_first_changed(staff: Client, scope: Scope) -> None:
    mine, theirs = fields_of(staff.get(page_of(scope))), fields_of(staff.get(page_of(scope)))
    send(staff, page_of(scope), name="biologia rozszerzona", exam_kind="matura", seen=theirs["seen"])

    answer = send(staff, page_of(scope), name="moja nazwa", exam_kind="matura", seen=mine["seen"])

    words = words_of(answer)
    assert "Ktoś inny właśnie to zmienił" in words
    assert "Nazwa biologia rozszerzona" in words
    form = fields_of(answer)
    assert form["name"] == "moja nazwa"
    assert Scope.objects.get().name == "biologia rozszerzona"
    assert send(staff, page_of(scope), name="moja nazwa", exam_kind="matura", seen=form["seen"]).status_code == 302
    assert Scope.objects.get().name == "moja nazwa"


def test_the_journal_says_which(staff: Client) -> None:
    send(staff, NEW, code="INF.03", name="strony", exam_kind="vocational")

    words = words_of(browser_of(make_staff(email="io@oke.example", roles=[Role.INSPECTOR])).get("/panel/dziennik/"))

    assert "Dodano zakres: INF.03" in words
