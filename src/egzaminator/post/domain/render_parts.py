from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.utils.translation import override

from egzaminator.post.domain.one_line import one_line
from egzaminator.post.enums import Kind

# The context keys that each kind's template needs, besides the board and the recipient name.
_NEEDED: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.ACTIVATION: frozenset(("link", "saved_at", "expires_at")),
    Kind.CLAIM_NOTICE: frozenset(("link", "saved_at")),
    Kind.ACTIVATED: frozenset(("freeze", "login", "activated_at")),
    Kind.RESET: frozenset(("link", "expires_at")),
    Kind.PASSWORD_CHANGED: frozenset(("freeze", "changed_at")),
    Kind.SECURITY_NEWS: frozenset(("freeze", "news", "at")),
    Kind.NEW_DEVICE: frozenset(("freeze", "device", "logged_in_at")),
    Kind.NEW_ADDRESS: frozenset(("link", "asked_at", "expires_at")),
    Kind.ADDRESS_ASKED: frozenset(("freeze", "new", "asked_at")),
    Kind.ADDRESS_CHANGED: frozenset(("freeze", "new", "changed_at")),
    Kind.ACCOUNT_UNFROZEN: frozenset(("link", "expires_at")),
    Kind.FROZEN_NOTICE: frozenset(("frozen_at",)),
    Kind.ACT_ASKED: frozenset(("freeze", "what", "expires_at", "alone_at")),
    Kind.DELETION_NOTICE: frozenset(("deleted_on",)),
    Kind.ACCOUNT_FROZEN: frozenset(("name", "at", "by")),
    Kind.CLAIM_STOPPED: frozenset(("name", "at")),
    Kind.BOARD_CONTACT: frozenset(("name", "at", "changes")),
}
_MOST_OF_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Parts:
    """The text of an e-mail: the subject on one line, and both bodies."""

    subject: str
    text: str
    html: str


def render_parts(*, kind: Kind, language: str, context: Mapping[str, object]) -> Parts:
    """Render an e-mail in a language.

    The plain text comes from the kind's template; its first line is the subject. The HTML says the same, with those of
    our URLs that stand alone on a line as links. Raise `TypeError` if the context lacks what the template needs: an
    e-mail without its link is worse than none.
    """
    missing = _NEEDED[kind] - context.keys()
    if missing:
        raise TypeError(f"The e-mail {kind.value} needs {', '.join(sorted(missing))}.")
    plain = {key: one_line(value) if isinstance(value, str) else value for key, value in context.items()}
    with override(language):
        subject, text = _render_text(kind, plain)
        html = render_to_string(
            "post/layout.html",
            {"language": language, "subject": subject, "paragraphs": _paragraphs(text), "links": _links(plain)},
        )
    return Parts(subject=subject, text=text, html=_without_indents(html))


def _render_text(kind: Kind, context: Mapping[str, object]) -> tuple[str, str]:
    # The loader's template only wraps the one that can render without HTML escaping: this is plain text.
    template: Template = get_template(f"post/{kind.value}.txt").template  # type: ignore[attr-defined]  # not in the stubs
    subject, _, text = template.render(Context(dict(context), autoescape=False)).partition("\n")
    return one_line(subject)[:_MOST_OF_SUBJECT], text.strip() + "\n"


def _without_indents(html: str) -> str:
    return "\n".join(line for line in map(str.strip, html.splitlines()) if line) + "\n"


def _paragraphs(text: str) -> list[list[str]]:
    return [paragraph.splitlines() for paragraph in text.strip().split("\n\n")]


def _links(context: Mapping[str, object]) -> set[str]:
    home = f"{settings.PUBLIC_BASE_URL}/"
    return {value for value in context.values() if isinstance(value, str) and value.startswith(home)}
