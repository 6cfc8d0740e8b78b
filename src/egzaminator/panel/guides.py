"""The staff's guides: `docs/pl/*.md` is their one source, for the forge and for the panel.

They are read at each request, which takes some milliseconds, so that a corrected guide shows after a reload.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from PIL import Image

from egzaminator.accounts.models import Account
from egzaminator.cms.templatetags.typesetting import join_words

# The names of the guides' files, in the order of the list, each with the permissions of which one makes it useful.
GUIDES: Final[Mapping[str, frozenset[str]]] = {
    "pomoc-dzwoniacemu": frozenset({"staff.look_up_case"}),
    "ewidencja": frozenset({"register.change_examiner"}),
    "redakcja": frozenset({"wagtailcore.change_page"}),
    "administrator": frozenset({"staff.manage_staff"}),
    "inspektor": frozenset({"audit.view_event"}),
    # Samples that the board completes.
    "rejestr-czynnosci": frozenset({"audit.view_protection"}),
    "ocena-skutkow": frozenset({"audit.view_protection"}),
}
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide, ready to be shown."""

    slug: str
    title: str
    summary: str
    """The first paragraph."""
    tasks: tuple[tuple[str, str], ...]
    """The headings of the second level: the anchor and the text of each."""
    html: SafeString
    """What follows the first paragraph."""


def load_guide(slug: str) -> Guide:
    """Return a guide. Raise `KeyError` if there is none of this name.

    A guide begins with its title and one paragraph, which the list shows as well.
    """
    _ = GUIDES[slug]  # nothing but what is declared is ever opened
    tokens = _MARKDOWN.parse((settings.GUIDES_DIR / f"{slug}.md").read_text())
    _name_columns(tokens)
    title, summary = tokens[1], tokens[4]
    return Guide(
        slug=slug,
        title=_text_of(title),
        summary=_text_of(summary),
        tasks=tuple(
            (_anchor(tokens[index + 1]), _text_of(tokens[index + 1]))
            for index, token in enumerate(tokens)
            if token.type == "heading_open" and token.tag == "h2"
        ),
        html=mark_safe(_MARKDOWN.renderer.render(tokens[6:], _MARKDOWN.options, {})),  # noqa: S308 -- the parser lets no HTML through, and the files are ours
    )


def guides_for(member: Account) -> tuple[list[Guide], list[Guide]]:
    """Return the guides to what a staff member may do, then all others."""
    useful = [slug for slug, permissions in GUIDES.items() if any(member.has_perm(name) for name in permissions)]
    others = [slug for slug in GUIDES if slug not in useful]
    return [load_guide(slug) for slug in useful], [load_guide(slug) for slug in others]


class _Renderer(RendererHTML):
    """Renders links, anchors and pictures as the forge does, and tables and words as the site's pages do."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return join_words(escapeHtml(tokens[idx].content))

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return format_html('<{} id="{}">', tokens[idx].tag, _anchor(tokens[idx + 1]))

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        file, _, anchor = str(tokens[idx].attrs["href"]).partition("#")
        url = reverse("guide", args=[file.removesuffix(".md")]) if file else ""
        return format_html('<a href="{}{}">', url, f"#{anchor}" if anchor else "")

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        path = Path(str(token.attrs["src"]))
        with Image.open(settings.GUIDES_DIR / path) as picture:
            width, height = picture.size
        return format_html(
            '<img class="article__image" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            static(f"guides/{path.name}"),
            token.content,
            width,
            height,
        )

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        above = max(index for index in range(idx) if tokens[index].type == "heading_open")
        label = _anchor(tokens[above + 1])
        return format_html(
            '<div class="table-scroll" role="region" aria-labelledby="{}" tabindex="0"><table class="table--stacked">',
            label,
        )

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>"


# "js-default" is CommonMark with tables and without HTML: what looks like a tag is shown as text.
_MARKDOWN: Final = MarkdownIt("js-default", renderer_cls=_Renderer)


def _name_columns(tokens: Sequence[Token]) -> None:
    """Give each cell of a table the name of its column, which narrow windows show beside it."""
    names: list[str] = []
    column = 0
    for token, content in pairwise(tokens):
        if token.type == "thead_open":
            names = []
        elif token.type == "tr_open":
            column = 0
        elif token.type in {"th_open", "td_open"}:
            token.attrs.pop("style", None)  # of an aligned column: the CSP lets no inline style through
            if token.type == "th_open":
                names.append(_text_of(content))
            else:
                token.attrSet("data-column", names[column])
                column += 1


def _text_of(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in {"text", "code_inline"})


def _anchor(heading: Token) -> str:
    """Return the anchor that the common forges give to a heading."""
    return _NOT_IN_ANCHORS.sub("", _text_of(heading).lower()).replace(" ", "-")
