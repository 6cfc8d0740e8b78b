"""The words that pages are found by.

The database has no Polish dictionary, no `unaccent` and no trigrams (the embedded server carries no extensions). So
accents are folded away on both sides, the words asked for lose their endings, and what is left is compared with the
beginnings of the words that a page holds: "hasła", "hasle" and "haslo" all ask for "hasl…".
"""

import re
from typing import Final

from wagtail.models import Page
from wagtail.search.index import SearchField

from egzaminator.kernel.text import fold

# Endings of Polish nouns and adjectives, accents folded, longer ones first.
_ENDINGS: Final = (
    *("ami", "ach", "ego", "emu", "ymi", "imi", "owi", "iem", "iom"),
    *("ow", "om", "em", "ie", "ia", "ii", "ej", "ek", "ym", "im"),
    *"aeiouy",
)
_SHORTEST_STEM: Final = 3
# Words that stand on every page and say nothing about it, accents folded.
_STOP_WORDS: Final = frozenset(
    """
    aby ale albo ani bo bez by byc byl byla bylo co czy czym dla dlaczego do gdy gdzie go ich ile im ja jak jaka jaki
    jakie je jego jej jest jestem jeszcze juz kiedy kto ktora ktore ktory lub ma mam mi mnie moge moj moja moje mojego
    mojej moim moich mozna na nad nam nas nasz nie niz no od oraz po pod przed przez przy sa sie skad sobie swoj swoja
    swoje swojego ta tak tam te tego tej ten to tu tylko ty tym we wiec za ze zeby
    """.split()  # noqa: SIM905 -- a list would be three times as long to read
)
# What alternates at the end of a stem: skrzynka, skrzynce.
_ALTERNATING: Final = "ck"
_SHORTEST_BEFORE_ALTERNATION: Final = 5
# Letters; a single one begins nearly every word.
_SHORTEST_WORD: Final = 2
_MOST_WORDS: Final = 8

_WORD: Final = re.compile(r"[^\W_]+")


def page_text(page: Page) -> str:
    """Give the words of a page's searchable fields, without markup, one field a line."""
    return "\n".join(
        value if isinstance(value, str) else "\n".join(map(str, value))
        for field in page.get_search_fields()
        if isinstance(field, SearchField)
        for value in [field.get_value(page)]
        if value
    )


def stems(query: str) -> list[str]:
    """Take what a visitor typed; give the beginnings of words to look for, the first few, empty if it holds no word.

    Words that say nothing are left out, unless there are no others.
    """
    words = [word for word in _WORD.findall(fold(query)) if len(word) >= _SHORTEST_WORD]
    telling = [word for word in words if word not in _STOP_WORDS]
    return list(dict.fromkeys(_stem(word) for word in telling or words))[:_MOST_WORDS]


def _stem(word: str) -> str:
    ending = next((ending for ending in _ENDINGS if _may_lose(word, ending)), "")
    stem = word.removesuffix(ending)
    return stem[:-1] if stem[-1] in _ALTERNATING and len(stem) > _SHORTEST_BEFORE_ALTERNATION else stem


def _may_lose(word: str, ending: str) -> bool:
    return word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM


def split_at_words(text: str, beginnings: list[str]) -> list[tuple[str, bool]]:
    """Take a text and stems; give it in pieces, each with whether it is a word that begins with one of them."""
    pieces, end = [], 0
    for match in _WORD.finditer(text):
        if fold(match.group()).startswith(tuple(beginnings)):
            pieces += [(text[end : match.start()], False), (match.group(), True)]
            end = match.end()
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]
