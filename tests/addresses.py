"""Every address that the site answers, as its own routes say, so that a test can walk all of them."""

import uuid
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern

_SAMPLES = {"uuid": str(uuid.UUID(int=1)), "int": "1", "str": "A" * 22, "slug": "a", "path": "a"}


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give each route, written out from the root of the site, with its pattern; those by regular expression apart."""
    for one in (resolver or get_resolver()).url_patterns:
        part = "" if isinstance(one.pattern, LocalePrefixPattern) else str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, before + part)
        elif not isinstance(one.pattern, RegexPattern):
            yield before + part, one


def sample_of(route: str, **values: object) -> str:
    """Give an address of a route, with the values given by name, and something of the right kind for all others."""
    address = route
    while "<" in address:
        start, rest = address.split("<", 1)
        parameter, end = rest.split(">", 1)
        kind, _, name = parameter.rpartition(":")
        address = f"{start}{values.get(name, _SAMPLES.get(kind or 'str', 'a'))}{end}"
    return f"/{address}"
