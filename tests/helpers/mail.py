"""E-mails, queued by tests the way the product queues them."""

import datetime
import inspect
import uuid
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes, policy
from typing import Any, cast

import time_machine
from django.utils import timezone
from django.utils.functional import Promise

from egzaminator.core.encryption import decrypt
from egzaminator.mail import catalogue
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.queue import Recipient, queue_email
from egzaminator.mail.domain.render import OneTimeUrl, Parts, public_url
from egzaminator.mail.enums import Priority
from egzaminator.mail.models import Email, content_context

MOMENT = datetime.datetime(2026, 11, 22, 9, 54, tzinfo=datetime.UTC)
TOKEN = "abcdefghijklmnopqrstuv"
LINK = f"/a/{TOKEN}/"
LOGIN = "/konto/logowanie/"
ANNA = Recipient(email="anna@example.pl", name="Anna Łukasik", language="pl")


def one_time(path: str, *, ends_at: datetime.datetime) -> OneTimeUrl:
    """Return a one-time link that expires at `ends_at`."""
    return OneTimeUrl(public_url(path), expires_at=ends_at)


def queue(
    email: str = ANNA.email,
    *,
    related_id: uuid.UUID | None = None,
    recipient_name: str = ANNA.name,
    priority: Priority = Priority.ACCESS,
) -> Email:
    """Queue an activation e-mail, perhaps with another priority than its own."""
    now = timezone.now()
    ends_at = now + datetime.timedelta(days=7)
    return queue_email(
        kind=EmailKind.ACTIVATION.value,
        related_id=related_id or uuid.uuid4(),
        to=Recipient(email=email, name=recipient_name, language="pl"),
        context={"link": one_time(LINK, ends_at=ends_at), "saved_at": now, "expires_at": ends_at},
        priority=priority,
        keeps_copy=False,
        button=EmailKind.ACTIVATION.button,
    )


def fields(message: Email, *names: str) -> tuple[object, ...]:
    """Return fields of a message as they are in the database now."""
    message.refresh_from_db()
    return tuple(getattr(message, name) for name in names)


def queue_example(
    kind: EmailKind,
    *,
    to: Recipient = ANNA,
    related_id: uuid.UUID | None = None,
    ends_at: datetime.datetime | None = None,
) -> Email:
    """Queue an e-mail of a kind by its function, with an example for each parameter that the function requires.

    The link, if there is one, holds `TOKEN` and expires at `ends_at`, or in ten days. Every moment is `MOMENT`.
    """
    examples: dict[object, object] = {
        uuid.UUID: related_id or uuid.uuid4(),
        Recipient: to,
        OneTimeUrl: one_time(LINK, ends_at=ends_at or timezone.now() + datetime.timedelta(days=10)),
        datetime.datetime: MOMENT,
        datetime.datetime | None: MOMENT,
        datetime.date: MOMENT.date(),
        int: 3,
        bool: True,
        str: "Jan Nowak",
        str | Promise: "A sentence.",
        str | Promise | None: None,
        Sequence[tuple[str, str, str]]: [("e-mail", "a@oke.example", "b@oke.example")],
        Sequence[tuple[str, str]]: [("Zmiany danych", "3")],
        "login": public_url(LOGIN),
        "mailbox": to.email,
    }
    required = {name: one for name, one in _parameters(kind).items() if one.default is one.empty}
    values = {name: examples.get(name, examples[one.annotation]) for name, one in required.items()}
    return cast("Email", _function(kind)(**values))


def carries_link(kind: EmailKind) -> bool:
    """Return whether e-mails of a kind carry a one-time link."""
    return OneTimeUrl in {one.annotation for one in _parameters(kind).values()}


def _function(kind: EmailKind) -> Callable[..., Any]:
    return cast("Callable[..., Any]", getattr(catalogue, f"queue_{kind.name.lower()}"))


def _parameters(kind: EmailKind) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(_function(kind)).parameters


def render_example(kind: EmailKind, language: str = "pl", recipient_name: str = ANNA.name) -> Parts:
    """Return the parts of an e-mail of a kind as they are sent; those to the board are in its own language."""
    with time_machine.travel(MOMENT, tick=False):
        row = queue_example(kind, to=Recipient(email=ANNA.email, name=recipient_name, language=language))
    wire = decrypt(row.content or b"", context=content_context(row.pk)).encode()
    text, html = message_from_bytes(wire, policy=policy.default).iter_parts()
    return Parts(
        subject=row.subject,
        text=text.get_content().replace("\r\n", "\n"),
        html=html.get_content().replace("\r\n", "\n"),
    )
