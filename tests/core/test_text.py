import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from egzaminator.core.text import (
    compact,
    drop_invisible,
    fold,
    full_name,
    has_forbidden_characters,
    normalise,
    plain,
    sort_key,
    sort_key_letters,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anna \t Maria\r\n", "Anna Maria"),
        ("Wis\u0301niewska", "Wiśniewska"),
        ("ul.\u00a0Gronowa\u202f22", "ul. Gronowa 22"),
        ("a\u2028b\u2029c\u3000d", "a b c d"),
        ("McDonald van der Berg-O'Hara", "McDonald van der Berg-O'Hara"),
        ("\u202dKowal\u200bska\u202c\ufeff", "Kowalska"),
        ("a\u200b\u0301", "á"),
        ("", ""),
    ],
)
def test_normalise(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@given(text=st.text())
def test_normalise_settles(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()


@pytest.mark.parametrize(
    "char",
    ["\0", "\x07", "\x7f", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ue000", "\ud800", "\uffff"],
)
def test_forbidden_characters(char: str) -> None:
    assert has_forbidden_characters(f"Kowal{char}ska")


@pytest.mark.parametrize("text", ["", "Żółć-O’Hara d'Arc", "№ 12/3, „Gronowa”", "Ӓ 中 😀", "a\u00a0b", "a\u2028b"])
def test_allowed_characters(text: str) -> None:
    assert not has_forbidden_characters(text)


@given(text=st.text())
def test_forbidden_means_the_categories(text: str) -> None:
    assert has_forbidden_characters(text) is any(unicodedata.category(char)[0] == "C" for char in text)


def test_the_order_of_a_polish_index() -> None:
    names = ["Cichy", "Czaja", "Ćwik", "Lis", "Lisak", "Łukasik", "Mazur", "Zych", "Źrebiec", "Żak"]
    assert sorted(set(names), key=sort_key) == names


def test_every_letter_stands_in_its_place() -> None:
    alphabet = list("aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż")
    assert sorted(set(alphabet), key=sort_key) == alphabet
    assert [sort_key(letter.upper()) for letter in alphabet] == [sort_key(letter) for letter in alphabet]


def test_surnames_weigh_before_first_names() -> None:
    people = [("Lis", "Jan"), ("Lis", "Łucja"), ("Lis-Mazur", "Adam"), ("Lisak", "Adam")]
    assert sorted(set(people), key=lambda person: sort_key(*person)) == people


@pytest.mark.parametrize(
    ("foreign", "polish"), [("Müller", "Muller"), ("Øre", "Ore"), ("Đurić", "Durić"), ("Straße", "Strasse")]
)
def test_foreign_letters_are_ordered_by_their_base(foreign: str, polish: str) -> None:
    assert sort_key(foreign) == sort_key(polish)


@given(text=st.text())
@example("İ")
@example("ﷺ")
def test_keys_of_any_text_are_stable_over_normal_forms(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert sort_key(decomposed) == sort_key(text)
    assert fold(decomposed) == fold(text)
    assert compact(decomposed) == compact(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łukasik-Żak", "lukasik-zak"),
        ("ŹDŹBŁO", "zdzblo"),
        ("Müller", "muller"),
        ("Straße", "strasse"),
        ("Ørsted", "orsted"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(text=st.text())
@example("Ǿ")
@example("ŉ")
@example("a´")
def test_fold_settles(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "typed", ["MBI/123/2011", " mbi / 123 / 2011 ", "MBI\uff0f\uff1123/2011", "mbi/123\u00a0/2011\n"]
)
def test_compact_compares_two_spellings(typed: str) -> None:
    assert compact(typed) == "mbi/123/2011"


def test_every_dash_of_unicode_is_one() -> None:
    dashes = [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) == "Pd"]
    assert len(dashes) >= 26
    for dash in [*dashes, "\u2212", "\u00ad"]:
        assert plain(f"1{dash}2") == compact(f"1{dash}2") == fold(f"1{dash}2") == "1-2"


def test_every_apostrophe_is_one() -> None:
    for apostrophe in "'`\u00b4\u2018\u2019\u02bc\u2032\u201b\uff07":
        assert plain(f"O{apostrophe}H") == "O'H"
        assert compact(f"O{apostrophe}H") == fold(f"O{apostrophe}H") == "o'h"


def test_what_nobody_sees_makes_no_difference() -> None:
    unseen = [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) == "Cf"]
    assert len(unseen) >= 160
    for char in unseen:
        if char != "\u00ad":
            assert compact(f"MBI{char}/1") == "mbi/1"
        assert drop_invisible(f"a{char}b") == normalise(f"a{char}b") == "ab"


def test_a_name_that_a_person_does_not_have_is_left_out() -> None:
    assert full_name("Anna", "Nowak") == "Anna Nowak"
    assert full_name("-", "Sukarno") == full_name("", "Sukarno") == "Sukarno"


@given(text=st.text())
def test_plain_settles(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(text=st.text())
@example("ŉ")
@example("ǰ")
@example("\u1f80")
@example("\u0345a")
def test_compact_settles(text: str) -> None:
    assert compact(compact(text)) == compact(text)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("zolw", "Żółw"),
        ("ŻÓŁW", "Żółw"),
        ("kowalska an", "Kowalska Anna"),
        ("lis mazur", "Lis-Mazur"),
        ("muller", "Müller"),
        ("d’a", "D'Abc"),
        ("xqv", "Xqv"),
    ],
)
def test_the_letters_of_a_search_are_those_of_the_keys_that_it_finds(typed: str, name: str) -> None:
    letters = sort_key_letters(typed)
    surname, _, first_names = name.partition(" ")
    key = sort_key(surname, first_names)
    assert [char in chars for char, chars in zip(key, letters, strict=False)] == [True] * len(letters)


def test_a_search_has_no_letter_that_folds_to_another() -> None:
    alphabet = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
    for letter in alphabet:
        (letters,) = sort_key_letters(letter)
        assert {one for one in alphabet if sort_key(one) in letters} == {
            one for one in alphabet if fold(one) == fold(letter)
        }
