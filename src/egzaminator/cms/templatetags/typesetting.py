"""No-break rules of Polish typesetting: what must not be torn apart at the end of a line."""

import re
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_TEXT: Final = re.compile(r"(?<=>)[^<>]+(?=<)")
# A one-letter word stays with the next word. A number stays with the word that it counts and with its further digits.
_BEFORE_NEXT: Final = re.compile(
    r"(?:(?<=(?<!\w)[aiouwz])|(?<=\d)|(?<=art\.|ust\.|lit\.)|(?<=ul\.))\s+(?=\w)", re.IGNORECASE
)
# Words such as "e-mail", because browsers break a line after any hyphen.
_SHORT_HYPHENED: Final = re.compile(r"(?<![\w-])\w-\w{1,12}(?!\w)")


@register.filter(is_safe=True)
def keep_together(html: SafeString) -> SafeString:
    """Join, in the text between the tags, the words that belong on one line."""
    return mark_safe(_TEXT.sub(lambda text: join_words(text.group()), html))  # noqa: S308 -- the input is safe already


def join_words(text: str) -> str:
    """Join the words of an escaped text that belong on one line."""
    return _SHORT_HYPHENED.sub(r'<span class="nowrap">\g<0></span>', _BEFORE_NEXT.sub("\N{NO-BREAK SPACE}", text))
