"""Stemming and prefix matching for the search of the public pages.

The database has no Polish dictionary, no `unaccent` and no trigrams, because the embedded server carries no extensions.
So accents are folded on both sides, and the endings of the query's words are cut off. The resulting stems are matched
as prefixes of the words on a page: "hasła", "hasle" and "haslo" all search for "hasl…".
"""

import re
from typing import Final

from wagtail.models import Page
from wagtail.search.index import SearchField

from egzaminator.core.text import fold

# Endings of Polish nouns and adjectives, with accents folded. Longer ones come first, because the first match is cut.
_ENDINGS: Final = (
    *("ami", "ach", "ego", "emu", "ymi", "imi", "owi", "iem", "iom"),
    *("ow", "om", "em", "ie", "ia", "ii", "ej", "ek", "ym", "im"),
    *"aeiouy",
)
_SHORTEST_STEM: Final = 3
# Stop words, with accents folded: they are on every page and say nothing about it.
_STOP_WORDS: Final = frozenset(
    """
    aby ale albo ani bo bez by byc byl byla bylo co czy czym dla dlaczego do gdy gdzie go ich ile im ja jak jaka jaki
    jakie je jego jej jest jestem jeszcze juz kiedy kto ktora ktore ktory lub ma mam mi mnie moge moj moja moje mojego
    mojej moim moich mozna na nad nam nas nasz nie niz no od oraz po pod przed przez przy sa sie skad sobie swoj swoja
    swoje swojego ta tak tam te tego tej ten to tu tylko ty tym we wiec za ze zeby
    """.split()  # noqa: SIM905 -- a list literal would be three times as long
)
# Consonants that alternate at the end of a stem, as in "skrzynka", "skrzynce".
_ALTERNATING: Final = "ck"
_SHORTEST_BEFORE_ALTERNATION: Final = 5
# In letters. A single letter is a prefix of far too many words.
_SHORTEST_WORD: Final = 2
_MOST_WORDS: Final = 8

_WORD: Final = re.compile(r"[^\W_]+")


def page_text(page: Page) -> str:
    """Return the text of a page's searchable fields without markup, fields separated by line breaks."""
    return "\n".join(
        value if isinstance(value, str) else "\n".join(map(str, value))
        for field in page.get_search_fields()
        if isinstance(field, SearchField)
        for value in [field.get_value(page)]
        if value
    )


def stems(query: str) -> list[str]:
    """Return the distinct stems of a query in its order, at most `_MOST_WORDS`; an empty list if it has no word.

    Stop words are left out, unless the query has no other words.
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
    """Split a text at its hits. Return the pieces in order, each with whether it is a word that starts with a stem."""
    pieces, end = [], 0
    for match in _WORD.finditer(text):
        if fold(match.group()).startswith(tuple(beginnings)):
            pieces += [(text[end : match.start()], False), (match.group(), True)]
            end = match.end()
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]
