import pytest
from django.core.exceptions import ValidationError

from egzaminator.cms.models import BoardSettings


@pytest.mark.parametrize("name", ["phone", "fax"])
def test_staff_type_a_telephone_as_on_paper(name: str) -> None:
    board = BoardSettings(**{name: "tel. 616661122 wew 5"})

    board.clean_fields()

    assert getattr(board, name) == "61 666 11 22 wew. 5"


@pytest.mark.parametrize("typed", ["", "wew. 5", "61 854 01 6"])
def test_what_is_no_telephone_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BoardSettings(phone=typed).clean_fields()

    assert set(refused.value.message_dict) == {"phone"}


@pytest.mark.parametrize("typed", ["#0a4a94", "0a4a94", "0A4A94", " #0A4a94 "])
def test_staff_type_a_colour_as_they_have_it(typed: str) -> None:
    board = BoardSettings(action_colour=typed)

    board.clean_fields()

    assert board.action_colour == "#0a4a94"


def test_three_digits_are_six() -> None:
    board = BoardSettings(band_colour="#03C")

    board.clean_fields()

    assert board.band_colour == "#0033cc"


def test_a_colour_that_is_too_light_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        BoardSettings(band_colour="#09c").clean_fields()

    assert refused.value.error_dict["band_colour"][0].code == "too_light"


@pytest.mark.parametrize("typed", ["red", "#12345", "#1234567", "rgb(1, 2, 3)", "#00000g", "٣٣٣", "#000;}"])
@pytest.mark.parametrize("name", ["band_colour", "action_colour"])
def test_what_is_no_colour_is_refused_in_words(name: str, typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BoardSettings(**{name: typed}).clean_fields()

    assert refused.value.message_dict == {
        name: ["Wpisz kolor jako # i sześć znaków: cyfr lub liter od a do f, na przykład #0a4a94."]
    }


def test_a_colour_is_needed() -> None:
    with pytest.raises(ValidationError) as refused:
        BoardSettings(band_colour="").clean_fields()

    assert refused.value.error_dict["band_colour"][0].code == "blank"


@pytest.mark.parametrize(
    ("chosen", "is_valid"), [([], True), (["30", "08"], True), (["99"], False), (["30", ""], False)]
)
def test_the_boards_voivodeships_are_chosen_among_the_sixteen(chosen: list[str], is_valid: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    field = BoardSettings._meta.get_field("voivodeships").formfield()  # noqa: SLF001 -- public, by Django
    assert field is not None
    assert len(field.choices) == 16
    if is_valid:
        assert field.clean(chosen) == chosen
    else:
        with pytest.raises(ValidationError):
            field.clean(chosen)
