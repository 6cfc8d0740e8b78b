"""Finished public pages, kept in the memory of one process."""

import datetime as dt
import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

# Bytes. A page takes some 20 kB, of which a quarter is its compressed form.
_ROOM: Final = 16 * 1024 * 1024
# Seconds that others get a page as it was, while one thread makes it anew.
_PATIENCE: Final = 2.0
# What is said of each form of a body by itself.
_OF_BODY: Final = frozenset(("content-encoding", "content-length", "content-type", "etag", "vary"))
_REFUSED: Final = re.compile(r"q=0(\.0*)?")

Key = tuple[str, bool]
Stamp = tuple[int, dt.date, str]


@dataclass(frozen=True, slots=True)
class Body:
    """A page's body in one form, with the headers that a 304 repeats and those that only a 200 has."""

    content: bytes
    etag: str
    lasting: dict[str, str]
    headers: dict[str, str]

    @classmethod
    def of(cls, response: HttpResponse, *, packed: bool) -> Self:
        """Take a finished answer, whether to compress it; give its body."""
        plain = response.content
        content = gzip.compress(plain, mtime=0) if packed else plain
        # The forms differ byte for byte, so a strong ETag names the form as well (RFC 9110, section 8.8.3.3).
        etag = f'"{hashlib.blake2b(plain, digest_size=16).hexdigest()}{"-gzip" if packed else ""}"'
        lasting = {name: value for name, value in response.items() if name.lower() not in _OF_BODY}
        lasting |= {"ETag": etag, "Vary": "Accept-Encoding, Cookie"}
        own = {"Content-Type": response["Content-Type"], "Content-Length": str(len(content))}
        if packed:
            own["Content-Encoding"] = "gzip"
        return cls(content=content, etag=etag, lasting=lasting, headers=lasting | own)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as it is sent, and what it was made from."""

    stamp: Stamp
    plain: Body
    packed: Body
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.plain.content) + len(self.packed.content) + 2048)

    @classmethod
    def of(cls, response: HttpResponse, stamp: Stamp) -> Self:
        """Take a finished answer and what it was made from."""
        return cls(stamp=stamp, plain=Body.of(response, packed=False), packed=Body.of(response, packed=True))

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Give 304 to whoever has the page as it stands, and the page to others, compressed for those who take it."""
        body = self.packed if _takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")) else self.plain
        condition = request.META.get("HTTP_IF_NONE_MATCH")
        if condition and _names(condition, body.etag):
            return HttpResponseNotModified(headers=body.lasting)
        return HttpResponse(b"" if request.method == "HEAD" else body.content, headers=body.headers)


class PageStore:
    """Pages by address. Forgets those that were not asked for longest when there is no more room.

    A page stays after what it was made from has changed, until it is made anew: by one thread, while others still
    get the old one for a moment. So a change makes each page once, however many are asking for it.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._taken = 0
        self._pages: OrderedDict[Key, StoredPage] = OrderedDict()
        self._under_way: dict[Key, float] = {}
        self._lock = threading.Lock()

    def find(self, key: Key, stamp: Stamp) -> StoredPage | None:
        """Give the page to send; None tells the caller to make it, and then to put it here or to give it up."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
                if page.stamp == stamp:
                    return page
            now = time.monotonic()
            if page is not None and now - self._under_way.get(key, -_PATIENCE) < _PATIENCE:
                return page
            self._under_way[key] = now
            return None

    def put(self, key: Key, page: StoredPage) -> None:
        """Keep what was made in place of what was there."""
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._taken += page.size
            while self._taken > self._room:
                self._drop(next(iter(self._pages)))

    def give_up(self, key: Key) -> None:
        """Forget a page that is no more, or that nobody may keep."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        self._under_way.pop(key, None)
        page = self._pages.pop(key, None)
        if page is not None:
            self._taken -= page.size


def _names(condition: str, etag: str) -> bool:
    """Compare as If-None-Match asks: weakly, since a proxy that compresses weakens an ETag."""
    return any(tag in {"*", etag, f"W/{etag}"} for tag in parse_etags(condition))


@lru_cache(maxsize=64)
def _takes_gzip(accepted: str) -> bool:
    for coding in accepted.lower().split(","):
        name, _, quality = coding.partition(";")
        if name.strip() == "gzip":
            return not _REFUSED.fullmatch(quality.strip())
    return False
