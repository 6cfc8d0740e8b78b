"""Where Polish lines may not break: what a reader would stumble over at the end of one."""

import re
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_TEXT: Final = re.compile(r"(?<=>)[^<>]+(?=<)")
# A word of one letter goes with the next; a number with what it counts, and with the rest of itself.
_BEFORE_NEXT: Final = re.compile(
    r"(?:(?<=(?<!\w)[aiouwz])|(?<=\d)|(?<=art\.|ust\.|lit\.)|(?<=ul\.))\s+(?=\w)", re.IGNORECASE
)
# "e-mail": browsers break after any hyphen.
_SHORT_HYPHENED: Final = re.compile(r"(?<![\w-])\w-\w{1,12}(?!\w)")


@register.filter(is_safe=True)
def keep_together(html: SafeString) -> SafeString:
    """Keep together, in the text between the tags, what belongs on one line."""
    return mark_safe(_TEXT.sub(lambda text: _join(text.group()), html))  # noqa: S308 -- safe as it came


def _join(text: str) -> str:
    return _SHORT_HYPHENED.sub(r'<span class="together">\g<0></span>', _BEFORE_NEXT.sub("\N{NO-BREAK SPACE}", text))
