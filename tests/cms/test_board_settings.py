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
