"""Persons, mailboxes, forms and links of one examiner, as `test_any_order` knows that they must be."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.errors import LinkError, WrongPasswordError
from egzaminator.onboarding.errors import AccountExistsError, ClaimClosedError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.errors import LimitReachedError

SALT = "c2FsdCBvZiB0aGUgdGVzdHM"
# Owner and stranger know the PESEL and a number. Only the bystander, who knows neither, reads the mistyped mailbox.
PASSWORDS = {
    "owner": "kasztan-rower-okno-mgla",
    "stranger": "parasol-zebra-lampa-snieg",
    "bystander": "nic-nie-wiem-o-tym",
}
MAILBOXES = {"owner": "anna@example.org", "stranger": "obcy@example.org", "bystander": "anan@example.org"}
KNOWN_MAILBOX = "znana@example.org"  # the owner's, in the register
READERS = {mailbox: person for person, mailbox in MAILBOXES.items()} | {KNOWN_MAILBOX: "owner"}
LIFETIMES = {"a": 7 * 24, "h": 24, "s": 30 * 24, "n": 10 * 24}  # hours
PAUSES = [
    datetime.timedelta(minutes=2),
    datetime.timedelta(hours=25),
    datetime.timedelta(days=8),
    datetime.timedelta(days=31),
]
REFUSALS = (LinkError, WrongPasswordError, LimitReachedError, ClaimClosedError, AccountExistsError)


@cache
def hashed(person: str) -> str:
    return hash_password(password=PASSWORDS[person], salt=SALT)


@dataclass
class Form:
    claim: Claim
    person: str
    is_open: bool = True


@dataclass
class MailedLink:
    what: str
    token: str
    mailbox: str
    about: object
    expires_at: datetime.datetime
    is_dead: bool = False

    @property
    def reader(self) -> str:
        return READERS[self.mailbox]


@dataclass
class Owner:
    person: str
    mailbox: str
    is_active: bool = True


@dataclass
class World:
    forms: list[Form] = field(default_factory=list)
    links: list[MailedLink] = field(default_factory=list)
    account: Owner | None = None

    def of(self, what: str) -> list[MailedLink]:
        return [link for link in self.links if link.what == what]


@contextmanager
def refused_if(*, must_be_refused: bool) -> Iterator[None]:
    """Run a step that must be refused, or must not be. A rate limit may refuse it in either case."""
    try:
        yield
    except LimitReachedError:
        return
    except REFUSALS:
        assert must_be_refused
    else:
        assert not must_be_refused


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def kill(links: Iterator[MailedLink] | list[MailedLink]) -> None:
    for link in links:
        link.is_dead = True


def is_dead(link: MailedLink) -> bool:
    return link.is_dead or link.expires_at <= now()
