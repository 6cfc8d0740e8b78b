"""Every URL of the site, read from its routes, so that a test can visit all of them."""

import uuid
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern

_SAMPLES = {"uuid": str(uuid.UUID(int=1)), "int": "1", "str": "A" * 22, "slug": "a", "path": "a"}


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield each full route with its pattern. Routes by regular expression are left out."""
    for one in (resolver or get_resolver()).url_patterns:
        part = "" if isinstance(one.pattern, LocalePrefixPattern) else str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, before + part)
        elif not isinstance(one.pattern, RegexPattern):
            yield before + part, one


def sample_of(route: str, **values: object) -> str:
    """Return a URL of a route. Parameters without a value in `values` get a sample of their type."""
    address = route
    while "<" in address:
        start, rest = address.split("<", 1)
        parameter, end = rest.split(">", 1)
        kind, _, name = parameter.rpartition(":")
        address = f"{start}{values.get(name, _SAMPLES.get(kind or 'str', 'a'))}{end}"
    return f"/{address}"
