import pytest
from django.core.exceptions import ValidationError

from egzaminator.core.board import Board
from egzaminator.core.fields import phone_uri, written_office_phone


@pytest.mark.parametrize(
    ("typed", "written", "uri"),
    [
        ("616661122", "61 666 11 22", "+48616661122"),
        ("61 854 01 60", "61 854 01 60", "+48618540160"),
        ("(061) 854-01-60", "61 854 01 60", "+48618540160"),
        ("+48 61 854 01 60", "61 854 01 60", "+48618540160"),
        ("801 123 456", "801 123 456", "+48801123456"),
        ("61 666 11 22 wew. 5", "61 666 11 22 wew. 5", "+48616661122;ext=5"),
        ("616661122, wew 105", "61 666 11 22 wew. 105", "+48616661122;ext=105"),
        ("616661122w.12", "61 666 11 22 wew. 12", "+48616661122;ext=12"),
        ("61 666 11 22 (wewn. 7)", "61 666 11 22 wew. 7", "+48616661122;ext=7"),
        ("61 666 11 22 ext. 5", "61 666 11 22 wew. 5", "+48616661122;ext=5"),
        ("tel. 61 666 11 22", "61 666 11 22", "+48616661122"),
        ("Tel./faks: 61 852 14 41", "61 852 14 41", "+48618521441"),
        ("+49 30 901820", "+49 30 901820", "+4930901820"),
    ],
)
def test_a_number_as_offices_write_it(typed: str, written: str, uri: str) -> None:
    assert written_office_phone(typed) == written
    assert written_office_phone(written) == written
    assert (phone_uri(typed), phone_uri(written)) == (uri, uri)


@pytest.mark.parametrize(
    "typed",
    ["61 854 01 6", "wew. 5", "61 854 01 60 wew.", "telefon", "61 854 01 60 do 62", "1" * 200, "61 854 01 60 w. x"],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        written_office_phone(typed)


def test_a_page_shows_a_number_to_be_called() -> None:
    board = Board(phone="61 666 11 22 wew. 5")

    assert board.phone_anchor == '<a href="tel:+48616661122;ext=5">61 666 11 22 wew. 5</a>'


def test_a_page_stands_whatever_number_is_kept() -> None:
    assert Board(phone="61 854 01 6").phone_link == "618540160"[:8]
