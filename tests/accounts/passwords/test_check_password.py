import re
import unicodedata
from collections.abc import Iterable

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from egzaminator.accounts.passwords import (
    MAX_LENGTH,
    PasswordProblem,
    PasswordRefusedError,
    check_password,
    suggest_passphrase,
)
from egzaminator.accounts.passwords.context import guessable_words
from egzaminator.accounts.passwords.guessing import guessing_effort
from egzaminator.accounts.passwords.suggest_passphrase import words

COMMON, REPEATED, SEQUENCE = PasswordProblem.COMMON, PasswordProblem.REPEATED, PasswordProblem.SEQUENCE
PERSONAL = PasswordProblem.PERSONAL
OWNER = ["44051401359", "OKE/PO/123/2019", "Wiśniewska-Łoś", "Żaneta", "zaneta.wisniewska@example.com"]


def reasons(password: str, context_words: Iterable[str] = OWNER) -> tuple[PasswordProblem, ...]:
    try:
        check_password(password, context_words=context_words)
    except PasswordRefusedError as refused:
        return refused.reasons
    return ()


@pytest.mark.parametrize(
    "password",
    [
        "poprawny koń bateria zszywka",
        "wlazł słonik na wieżę",
        "Zielone jabłka lubią deszcz",
        "mama tata brat siostra",
        "Kx9#mQ2zR7!pLw4",
        "730582914067385",
        "żółćżółćgęśląjaźń",
        "пароль из четырёх слов",
        "🐎🔋📎✅🌳🏠🎈🎁🚲🌙⭐🍎🍋🥕🧀",
        "Żaneta lubi stare rowery",
    ],
)
def test_a_password_that_is_hard_to_guess_will_do(password: str) -> None:
    assert reasons(password) == ()


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", (PasswordProblem.TOO_SHORT,)),
        ("Kx9#mQ2zR7!pLw", (PasswordProblem.TOO_SHORT,)),
        ("Kx9#mQ2zR7!pLw4" * 9, (PasswordProblem.TOO_LONG,)),
        ("password1234567", (COMMON,)),
        ("iloveyou23456789", (COMMON, SEQUENCE)),
        ("Password!!!!!!!!", (COMMON,)),
        ("P@$$w0rd-P@$$w0rd", (COMMON, REPEATED)),
        ("xxpasswordxxxxxx", (COMMON,)),
        ("passwordpassword", (COMMON, REPEATED)),
        ("password20241105", (COMMON, PERSONAL)),
        ("matematyka12345", (COMMON, SEQUENCE)),
        ("poniedzialekwtorek", (COMMON,)),
        ("Kocham Cię bardzo 1", (COMMON,)),
        ("wakacje2024wakacje", (COMMON, REPEATED, PERSONAL)),
        ("correct horse battery staple", (COMMON,)),
        ("Wlazł kotek na płotek!", (COMMON,)),
        ("akytametam-akytametam", (COMMON, REPEATED)),
        ("1a2b3c4d5e6f7g8h", (SEQUENCE,)),
        ("aaaaaaaaaaaaaaa", (REPEATED,)),
        ("               ", (REPEATED,)),
        ("\u0301" * 15, (REPEATED,)),
        ("abcabcabcabcabc", (REPEATED,)),
        ("abbabaabbaababb", (REPEATED,)),
        ("kotletykotletykotlety", (REPEATED,)),
        ("abcdefghijklmno", (SEQUENCE,)),
        ("ponmlkjihgfedcba", (SEQUENCE,)),
        ("a-b-c-d-e-f-g-h", (SEQUENCE,)),
        ("aabbccddeeffgghh", (SEQUENCE,)),
        ("123456789012345", (SEQUENCE,)),
        ("987654321098765", (SEQUENCE,)),
        ("qwertyuiopasdfgh", (SEQUENCE,)),
        ("qwertzuiopasdfgh", (SEQUENCE,)),
        ("QAZwsxEDCrfvTGB", (SEQUENCE,)),
        ("1qaz2wsx3edc4rfv", (SEQUENCE,)),
        ("44051401359 44051401359", (PERSONAL,)),
        ("Zaneta14051944!", (PERSONAL,)),
        ("1944.05.14-wisniewska", (PERSONAL,)),
        ("WISNIEWSKAŁOŚ-Żaneta", (PERSONAL,)),
        ("aksweinsiw-atenaz", (PERSONAL,)),
        ("oke po 123 2019 oke", (PERSONAL,)),
        ("egzaminator-2026", (PERSONAL,)),
        ("OKE Poznań egzaminator", (PERSONAL,)),
        ("Okręgowa Komisja Egzaminacyjna", (PERSONAL,)),
    ],
)
def test_a_password_that_guesses_itself_is_refused(password: str, expected: tuple[PasswordProblem, ...]) -> None:
    assert reasons(password) == expected


def test_length_is_counted_in_nfc() -> None:
    spelt_apart = unicodedata.normalize("NFD", "żółćgęśląjaźń")
    assert len(spelt_apart) >= 15
    assert reasons(spelt_apart) == (PasswordProblem.TOO_SHORT,)


def test_the_longest_password_there_may_be() -> None:
    words_of_a_text = "".join(words())[:MAX_LENGTH]
    assert reasons(words_of_a_text) == ()
    assert reasons(words_of_a_text + "x") == (PasswordProblem.TOO_LONG,)


def test_where_the_board_lets_eight_characters_do(settings: Settings) -> None:
    settings.PASSWORD_MIN_LENGTH = 8
    assert reasons("Kx9#mQ2z") == ()
    assert reasons("Kx9#mQ2") == (PasswordProblem.TOO_SHORT,)
    assert reasons("zaneta85") == (PERSONAL,)
    assert reasons("password") == (COMMON,)


def test_short_data_refuse_nobody_s_password() -> None:
    assert reasons("Kx9#mQ2zR7!pLw4", ["", "K", "x9", "@", "\0"]) == ()


def test_the_reasons_are_sentences(settings: Settings) -> None:
    settings.PASSWORD_MIN_LENGTH = 20
    with translation.override("en"):
        assert [problem.label for problem in PasswordProblem] == [
            "Use at least 20 characters; a few words are easier to remember than odd signs",
            "Use at most 128 characters",
            "This password is one that many people use, or such a one with something added: choose another",
            "This password was stolen from another service and published: choose another, and change it there too",
            "This password repeats the same characters: choose one that does not",
            "This password follows the keyboard, the alphabet or the digits: choose one that does not",
            "This password is made of your data or of the board's: choose one that nobody can guess from them",
        ]


def test_the_refusal_carries_the_reasons_and_not_the_password() -> None:
    with pytest.raises(PasswordRefusedError) as refused:
        check_password("iloveyou23456789", context_words=[])
    assert str(refused.value) == "COMMON, SEQUENCE"
    assert refused.value.args == ("COMMON, SEQUENCE",)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=140), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_is_a_password_or_refused(password: str, context_words: Iterable[str]) -> None:
    reasons(password, context_words)


def test_a_suggestion_is_four_words_of_the_list() -> None:
    for _ in range(200):
        passphrase = suggest_passphrase()
        parts = passphrase.split("-")
        assert len(set(parts)) == len(parts) == 4
        assert set(parts) <= set(words())
        assert len(passphrase) >= 15
        assert reasons(passphrase) == ()


def test_a_suggestion_grows_with_what_the_board_asks(settings: Settings) -> None:
    settings.PASSWORD_MIN_LENGTH = 64
    passphrase = suggest_passphrase()
    assert len(passphrase) >= 64
    assert reasons(passphrase) == ()


def test_no_word_of_the_list_is_one_of_the_board_s_or_the_keyboard_s() -> None:
    efforts = {word: guessing_effort(word, guessable=guessable_words([])).characters for word in words()}
    assert [word for word, characters in efforts.items() if characters < 3] == []


def test_the_list_is_plain() -> None:
    assert len(words()) >= 1024
    assert list(words()) == sorted(set(words()))
    assert [word for word in words() if not re.fullmatch("[a-z]{4,8}", word)] == []
