import pytest
from django.test import Client

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.register.models import StrikeOffGround
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import fields_of, words_of
from tests.panel.staff_browser import browser_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GROUNDS, NEW = "/panel/zakresy/podstawy-skreslenia/", "/panel/zakresy/podstawy-skreslenia/nowa/"


@pytest.fixture
def staff() -> Client:
    return browser_of(make_staff(roles=[Role.RECORDS]))


@pytest.fixture
def ground() -> StrikeOffGround:
    StrikeOffGround.objects.all().delete()
    return StrikeOffGround.objects.create(text="na wniosek egzaminatora")


def page_of(ground: StrikeOffGround) -> str:
    return f"/panel/zakresy/podstawy-skreslenia/{ground.pk}/"


def test_adds_one_to_the_list(staff: Client, ground: StrikeOffGround) -> None:
    assert send(staff, NEW, text="art. 9c ust. 3 pkt 1")["Location"] == GROUNDS

    words = words_of(staff.get(GROUNDS))
    assert "na wniosek egzaminatora art. 9c ust. 3 pkt 1" in words
    assert Event.objects.get(tag=Tag.GROUND_ADDED).details == {"text": "art. 9c ust. 3 pkt 1"}


@pytest.mark.parametrize("text", ["", "Na wniosek  EGZAMINATORA", "x" * 201])
def test_refuses_what_is_there_or_is_none(staff: Client, ground: StrikeOffGround, text: str) -> None:
    answer = send(staff, NEW, text=text)

    assert 'id="id_text_error"' in answer.content.decode()
    assert fields_of(answer)["text"] == text
    assert StrikeOffGround.objects.get() == ground


def test_renames_and_retires_one(staff: Client, ground: StrikeOffGround) -> None:
    seen = fields_of(staff.get(page_of(ground)))["seen"]

    send(staff, page_of(ground), text="na wniosek", is_retired="on", seen=seen)

    ground.refresh_from_db()
    assert (ground.text, ground.is_retired) == ("na wniosek", True)
    assert Event.objects.get(tag=Tag.GROUND_CHANGED).details == {
        "old": "na wniosek egzaminatora",
        "text": "na wniosek",
        "is_retired": True,
    }
    assert "na wniosek wycofana" in words_of(staff.get(GROUNDS))


def test_takes_no_text_that_another_has(staff: Client, ground: StrikeOffGround) -> None:
    other = StrikeOffGround.objects.create(text="inna")
    seen = fields_of(staff.get(page_of(other)))["seen"]

    answer = send(staff, page_of(other), text="NA wniosek egzaminatora", seen=seen)

    assert 'id="id_text_error"' in answer.content.decode()
    other.refresh_from_db()
    assert other.text == "inna"


def test_the_second_of_two_editors_is_shown_what_the_first_changed(staff: Client, ground: StrikeOffGround) -> None:
    seen = fields_of(staff.get(page_of(ground)))["seen"]
    send(staff, page_of(ground), text="pierwsza", seen=seen)

    answer = send(staff, page_of(ground), text="druga", seen=seen)

    assert "Ktoś inny właśnie to zmienił" in words_of(answer)
    assert "pierwsza" in words_of(answer)
    assert fields_of(answer)["text"] == "druga"
    ground.refresh_from_db()
    assert ground.text == "pierwsza"
