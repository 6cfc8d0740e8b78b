import pytest

from egzaminator.accounts.countries import country_choices
from egzaminator.core.text import sort_key

pytestmark = pytest.mark.usefixtures("in_english")


def test_poland_comes_first_and_every_other_country_after_it() -> None:
    choices = country_choices()
    assert choices[0] == ("PL", "Poland")
    names = [name for _code, name in choices[1:]]
    assert names == sorted(names, key=sort_key)
    assert len({code for code, _name in choices}) == len(choices) == 250  # ISO 3166-1 and Kosovo
    assert {len(code) for code, _name in choices} == {2}
