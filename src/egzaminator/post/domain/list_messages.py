import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from egzaminator.post.enums import Kind
from egzaminator.post.models import Message

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the e-mails to an account's owner, newest first."""

    messages: list[Message]
    older: uuid.UUID | None
    """The message after which the next page begins, if there is one."""


def list_messages(*, about: uuid.UUID, after: uuid.UUID | None = None) -> Page:
    """Return one page of the e-mails to an account's owner, in at most two queries.

    Take the account, and the e-mail that the previous page ended with; an unknown one gives the first page.
    """
    messages = owners_messages(about=about).defer("content")
    last = messages.filter(pk=after).first() if after else None
    if last is not None:
        messages = messages.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.id))
    found = list(messages[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def owners_messages(*, about: uuid.UUID) -> QuerySet[Message]:
    """Return all e-mails to an account's owner, newest first.

    E-mails to the board about the owner are not among them.
    """
    kinds = [kind for kind in Kind if kind.is_to_owner]
    return Message.objects.filter(about=about, kind__in=kinds).order_by("-created_at", "-id")
