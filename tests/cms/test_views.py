"""The style sheet of the board's colours, as browsers and caches get it."""

import re

import pytest
from django.test import Client

from egzaminator.cms.models import BoardSettings
from egzaminator.core.process_state import process_state
from egzaminator.web.errors import standalone_page
from tests.helpers.public_site import make_home_page

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<link rel="stylesheet" href="(/media/board\.[0-9a-f]{12}\.css)">')
GREEN = {"band_colour": "#00441b", "action_colour": "#006d2c"}
OUTDATED = "/media/board.0123456789ab.css"


def sheets(page: str) -> list[str]:
    return LINK.findall(page)


def page_at(path: str) -> str:
    return Client().get(path).content.decode()


def test_a_board_with_the_delivered_colours_loads_nothing_more() -> None:
    make_home_page()
    BoardSettings.objects.create()
    for path in ("/", "/en/", "/konto/logowanie/", "/nie-ma/"):
        assert sheets(page_at(path)) == []
    answer = Client().get(OUTDATED)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")


def test_every_page_links_the_style_sheet_of_the_boards_colours_after_the_others() -> None:
    make_home_page()
    BoardSettings.objects.create(**GREEN)
    found = set()
    for path in ("/", "/en/", "/konto/logowanie/", "/nie-ma/"):
        page = page_at(path)
        found.update(sheets(page))
        assert re.findall(r'rel="stylesheet" href="/(static/css/site|media/board)', page) == [
            "static/css/site",
            "media/board",
        ]
    page = standalone_page("errors/500.html", status=500).content.decode()
    assert {*sheets(page)} == found
    assert len(found) == 1


def test_the_style_sheet_is_cached_for_ever() -> None:
    BoardSettings.objects.create(**GREEN)
    answer = Client().get(sheets(page_at("/en/"))[0])
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert not answer.cookies
    assert b"--band: #00441b;" in answer.content
    assert b"--action: #006d2c;" in answer.content


def test_an_outdated_version_gets_the_current_colours_and_is_not_cached() -> None:
    BoardSettings.objects.create(**GREEN)
    answer = Client().get(OUTDATED)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert b"--band: #00441b;" in answer.content


def test_a_change_of_the_colours_is_on_cached_pages_too() -> None:
    make_home_page()
    assert sheets(page_at("/")) == []
    board = BoardSettings.objects.create(**GREEN)
    (green,) = sheets(page_at("/"))
    board.action_colour = "#7a1c00"
    board.save()
    (brown,) = sheets(page_at("/"))
    assert brown != green
    assert b"--action: #7a1c00;" in Client().get(brown).content
    board.delete()
    assert sheets(page_at("/")) == []


def test_another_process_makes_the_same_style_sheet() -> None:
    BoardSettings.objects.create(**GREEN)
    before = page_at("/en/")
    process_state.reset()
    assert sheets(page_at("/en/")) == sheets(before)


@pytest.mark.parametrize("version", ["", "../board", "a.b"])
def test_no_other_name_leads_to_it(version: str) -> None:
    BoardSettings.objects.create(**GREEN)
    assert Client().get(f"/media/board.{version}.css").status_code == 404
    assert Client().post(OUTDATED).status_code == 405
