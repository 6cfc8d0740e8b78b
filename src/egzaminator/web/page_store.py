"""An in-memory cache of rendered public pages, one per process."""

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

# Bytes. A page takes about 20 kB, a quarter of it for the compressed form.
_ROOM: Final = 16 * 1024 * 1024
# Seconds for which other threads serve the stale page while one thread renders it again.
_PATIENCE: Final = 2.0
# Headers that differ between the plain and the compressed form of a body.
_OF_BODY: Final = frozenset(("content-encoding", "content-length", "content-type", "etag", "vary"))
_REFUSED: Final = re.compile(r"q=0(\.0*)?")

Key = tuple[str, bool]
Stamp = tuple[int, dt.date, str]


@dataclass(frozen=True, slots=True)
class Body:
    """One form of a page's body, plain or compressed.

    `common` holds the headers that a 304 repeats, `headers` all headers of a 200.
    """

    content: bytes
    etag: str
    common: dict[str, str]
    headers: dict[str, str]

    @classmethod
    def of(cls, response: HttpResponse, *, compressed: bool) -> Self:
        """Build the body from a rendered response, compressed by gzip if `compressed`."""
        plain = response.content
        content = gzip.compress(plain, mtime=0) if compressed else plain
        # The two forms differ in bytes, so their strong ETags have to differ as well (RFC 9110, section 8.8.3.3).
        etag = f'"{hashlib.blake2b(plain, digest_size=16).hexdigest()}{"-gzip" if compressed else ""}"'
        common = {name: value for name, value in response.items() if name.lower() not in _OF_BODY}
        common |= {"ETag": etag, "Vary": "Accept-Encoding, Cookie"}
        own = {"Content-Type": response["Content-Type"], "Content-Length": str(len(content))}
        if compressed:
            own["Content-Encoding"] = "gzip"
        return cls(content=content, etag=etag, common=common, headers=common | own)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A rendered page in both forms, and the stamp of the data it was rendered from. `size` is in bytes."""

    stamp: Stamp
    plain: Body
    compressed: Body
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.plain.content) + len(self.compressed.content) + 2048)

    @classmethod
    def of(cls, response: HttpResponse, stamp: Stamp) -> Self:
        """Build the page from a rendered response and the stamp of its data."""
        return cls(
            stamp=stamp, plain=Body.of(response, compressed=False), compressed=Body.of(response, compressed=True)
        )

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return 304 if the client has the current page, otherwise the page, compressed if the client accepts gzip."""
        body = self.compressed if _accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")) else self.plain
        condition = request.META.get("HTTP_IF_NONE_MATCH")
        if condition and _names(condition, body.etag):
            return HttpResponseNotModified(headers=body.common)
        return HttpResponse(b"" if request.method == "HEAD" else body.content, headers=body.headers)


class PageStore:
    """A thread-safe LRU cache of pages, bounded in bytes. The key is the URL path and whether the request is HTTPS.

    A stale page stays in the cache until it is rendered again. One thread renders it, while the others still serve the
    stale one for a moment. So a change renders each page once, however many visitors ask for it (no cache stampede).
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._taken = 0
        self._pages: OrderedDict[Key, StoredPage] = OrderedDict()
        self._under_way: dict[Key, float] = {}
        self._lock = threading.Lock()

    def find(self, key: Key, stamp: Stamp) -> StoredPage | None:
        """Return the page to send, or None if the caller has to render it and then call `put` or `give_up`."""
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
        """Store a rendered page, replacing the former one. Evict the least recently used pages if there is no room."""
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._taken += page.size
            while self._taken > self._room:
                self._drop(next(iter(self._pages)))

    def give_up(self, key: Key) -> None:
        """Drop a page that no longer exists or must not be cached."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        self._under_way.pop(key, None)
        page = self._pages.pop(key, None)
        if page is not None:
            self._taken -= page.size


def _names(condition: str, etag: str) -> bool:
    """Return whether an If-None-Match header names the ETag.

    The comparison is weak, as the header requires, because a proxy that compresses turns an ETag into a weak one.
    """
    return any(tag in {"*", etag, f"W/{etag}"} for tag in parse_etags(condition))


@lru_cache(maxsize=64)
def _accepts_gzip(accepted: str) -> bool:
    for coding in accepted.lower().split(","):
        name, _, quality = coding.partition(";")
        if name.strip() == "gzip":
            return not _REFUSED.fullmatch(quality.strip())
    return False
